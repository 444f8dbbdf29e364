/** The part of a row's trace that goes along in the payload of its job. */
export const carried = (traceparent: string | null) => (traceparent === null ? {} : { traceparent });
