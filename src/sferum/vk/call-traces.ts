/** A call or a request on its way, as a trace tells it. */
export interface CallTrace {
  readonly traceparent: string | null;
  link(traceparent: string): void;
  set(attributes: { 'sferum.outcome': string }): void;
  /** `error`: the kind of the failure. */
  end(error?: string): void;
}

/** Where the adapter tells of its calls. It tells methods, counts and outcomes, and nothing of what a call carries. */
export interface CallTraces {
  /** A call begins to wait for its place. */
  call(method: string): CallTrace;
  /** A request with these calls leaves. */
  request(calls: readonly CallTrace[]): CallTrace;
}

const NOTHING: CallTrace = {
  traceparent: null,
  link: () => undefined,
  set: () => undefined,
  end: () => undefined,
};

export const NO_CALL_TRACES: CallTraces = { call: () => NOTHING, request: () => NOTHING };
