import type { ServerOptions } from 'node:http';
import type { Limits } from '../src/limits.ts';

const HEADERS_TIMEOUT_MS = 10_000;
const HEADERS_BYTES = 16 * 1024;

/** Gives the limits of node's HTTP server, which answers 408 to slower clients on every route (reliability 33). */
export function serverOptions(limits: Limits): ServerOptions {
  return {
    requestTimeout: limits.uploadTimeoutMs,
    // Node refuses to start where headers may take longer than the whole request.
    headersTimeout: Math.min(HEADERS_TIMEOUT_MS, limits.uploadTimeoutMs),
    maxHeaderSize: HEADERS_BYTES,
  };
}
