/** What a span may carry: ids of our own, kinds, counts and codes. Names, titles, texts, addresses and tokens have no key. */
export interface Attributes {
  'http.request.method'?: string;
  'http.route'?: string;
  'http.response.status_code'?: number;
  'school.id'?: string;
  'chat.id'?: string;
  'operation.id'?: string;
  'lesson.id'?: string;
  'job.chats'?: number;
  'sferum.method'?: string;
  'sferum.calls'?: number;
  'sferum.outcome'?: string;
  /** The code or class of an error, never its text. */
  'error.type'?: string;
}

/** A piece of work that a trace tells. */
export interface Span {
  /**
   * The place in the trace where other work goes on, as a W3C traceparent, which rows and jobs carry. Null where
   * nothing is told.
   */
  readonly traceparent: string | null;
  rename(name: string): void;
  set(attributes: Attributes): void;
  /** Points at a place in another trace. */
  link(traceparent: string): void;
  /** Only the first end counts. `error`: a code or class, where the work failed. */
  end(error?: string): void;
}

/** The span that stands for work where nothing is told. */
export const NO_SPAN: Span = {
  traceparent: null,
  rename: () => undefined,
  set: () => undefined,
  link: () => undefined,
  end: () => undefined,
};

export interface Begin {
  kind: 'server' | 'producer' | 'consumer' | 'client';
  /** The traceparent of the work to which this one belongs. */
  parent?: string | null | undefined;
  /** The traceparents of works that this one continues, where it belongs to none of them alone. */
  links?: readonly string[];
  /** True begins a trace. Other work is told only as part of a trace, so housekeeping is not. */
  isRoot?: boolean;
  attributes?: Attributes;
}

/** Tells what happens, as spans, to the receiver that the operator has named. */
export interface Traces extends AsyncDisposable {
  readonly isOn: boolean;
  begin(name: string, how: Begin): Span;
}

export const NO_TRACES: Traces = {
  isOn: false,
  begin: () => NO_SPAN,
  [Symbol.asyncDispose]: async () => undefined,
};
