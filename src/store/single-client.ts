import { Client, type ClientConfig } from 'pg';

/**
 * Makes a connection outside of any pool. Where it is cut between two statements, the next statement fails, and the
 * process lives on.
 */
export function singleClient(config: ClientConfig): Client {
  const client = new Client(config);
  client.on('error', () => undefined);
  return client;
}
