/* Written from /openapi.json by test/client/types-of.ts; not edited by hand. */

export interface paths {
  "/healthz": {
    /** The process serves */
    get: {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "text/plain": string } };
      };
    };
  };
  "/readyz": {
    /** The database is migrated, it and the queue answer */
    get: {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Readiness"] } };
        503: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Readiness"] } };
      };
    };
  };
  "/metrics": {
    /** Figures for Prometheus */
    get: {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "text/plain": string } };
        401: { headers: { [name: string]: unknown }; content?: never };
      };
    };
  };
  "/v1/roster-imports": {
    /** Take in a OneRoster 1.1 or 1.2 CSV archive, of one or many schools */
    post: {
      parameters: { query?: { "takenAt"?: string; "school"?: string }; header?: { "Idempotency-Key"?: string }; path?: never; cookie?: never };
      requestBody: { content: { "application/zip": Uint8Array<ArrayBuffer> } };
      responses: {
        202: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Accepted"] } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        408: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        503: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        504: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
      };
    };
  };
  "/v1/roster-validations": {
    /** What an import of this archive would say; changes nothing */
    post: {
      parameters: { query?: { "takenAt"?: string; "school"?: string }; header?: { "Idempotency-Key"?: string }; path?: never; cookie?: never };
      requestBody: { content: { "application/zip": Uint8Array<ArrayBuffer> } };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["RosterValidation"] } };
        202: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Accepted"] } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        408: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        503: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        504: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
      };
    };
  };
  "/v1/schools/{schoolId}/events": {
    /** Tell changes of the roster one by one (CloudEvents 1.0) */
    post: {
      parameters: { query?: never; header?: { "Idempotency-Key"?: string }; path: { "schoolId": string }; cookie?: never };
      requestBody: { content: { "application/cloudevents-batch+json": (components["schemas"]["RosterEvent"])[]; "application/cloudevents+json": components["schemas"]["RosterEvent"]; "application/json": { [name: string]: unknown } } };
      responses: {
        202: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["EventReceipt"] } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        408: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        503: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        504: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
      };
    };
  };
  "/v1/schools/{schoolId}/sferum": {
    /** A school's connection, without its tokens */
    get: {
      parameters: { query?: never; header?: never; path: { "schoolId": string }; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Sferum"] } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        503: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        504: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
      };
    };
    /** Connect a school; tokens are sealed at rest and never given back */
    put: {
      parameters: { query?: never; header?: never; path: { "schoolId": string }; cookie?: never };
      requestBody: { content: { "application/json": components["schemas"]["SferumConnection"] } };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Sferum"] } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        408: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        503: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        504: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
      };
    };
  };
  "/v1/schools/{schoolId}/initializations": {
    /** Create and synchronise the chats of some types, try it dry, or apply the plan of a dry run */
    post: {
      parameters: { query?: never; header?: { "Idempotency-Key"?: string }; path: { "schoolId": string }; cookie?: never };
      requestBody: { content: { "application/json": components["schemas"]["InitializationRun"] | components["schemas"]["InitializationOfPlan"] } };
      responses: {
        202: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Accepted"] } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        408: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        503: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        504: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
      };
    };
  };
  "/v1/operations/{id}": {
    /** How far a long work is, and how it ended */
    get: {
      parameters: { query?: { "school"?: string }; header?: never; path: { "id": string }; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Operation"] } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        503: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        504: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
      };
    };
  };
  "/v1/schools/{schoolId}/operations": {
    /** A school's operations, newest first */
    get: {
      parameters: { query?: { "state"?: "queued" | "running" | "held" | "succeeded" | "failed" | "cancelled"; "page"?: number; "perPage"?: number }; header?: never; path: { "schoolId": string }; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["OperationPage"] } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        503: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        504: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
      };
    };
  };
  "/v1/operations/{id}/approve": {
    /** Let held work go on */
    post: {
      parameters: { query?: { "school"?: string }; header?: { "Idempotency-Key"?: string }; path: { "id": string }; cookie?: never };
      requestBody?: { content: { "application/json": components["schemas"]["Decision"] } };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Operation"] } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        408: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        503: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        504: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
      };
    };
  };
  "/v1/operations/{id}/reject": {
    /** Drop held work */
    post: {
      parameters: { query?: { "school"?: string }; header?: { "Idempotency-Key"?: string }; path: { "id": string }; cookie?: never };
      requestBody?: { content: { "application/json": components["schemas"]["Decision"] } };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Operation"] } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        408: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        503: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        504: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
      };
    };
  };
  "/v1/operations/{id}/cancel": {
    /** Cancel it before it begins; afterwards an applied run can be undone */
    post: {
      parameters: { query?: { "school"?: string }; header?: { "Idempotency-Key"?: string }; path: { "id": string }; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Operation"] } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        408: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        503: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        504: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
      };
    };
  };
  "/v1/operations/{id}/undo": {
    /** Take an applied run back (J4) */
    post: {
      parameters: { query?: { "school"?: string }; header?: { "Idempotency-Key"?: string }; path: { "id": string }; cookie?: never };
      requestBody?: never;
      responses: {
        202: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Accepted"] } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        408: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        503: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        504: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
      };
    };
  };
  "/v1/operations/{id}/stream": {
    /** The operation as server-sent events: one at each change, until it has ended */
    get: {
      parameters: { query?: { "school"?: string }; header?: never; path: { "id": string }; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "text/event-stream": string } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        503: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        504: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
      };
    };
  };
  "/v1/operations/{id}/plan": {
    /** What the operation does, action by action, in its order */
    get: {
      parameters: { query?: { "school"?: string; "page"?: number; "perPage"?: number }; header?: never; path: { "id": string }; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["PlanPage"] } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        503: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        504: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
      };
    };
  };
  "/v1/operations/{id}/rows": {
    /** The rows of an import that were rejected, or taken without a field */
    get: {
      parameters: { query?: { "school"?: string; "list"?: "rejected" | "lostFields"; "page"?: number; "perPage"?: number }; header?: never; path: { "id": string }; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["RowFaultPage"] } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        503: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        504: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
      };
    };
  };
  "/v1/schools/{schoolId}/chats": {
    /** Chats that the caller may see, in natural order of their titles */
    get: {
      parameters: { query?: { "type"?: "staff" | "class" | "parents" | "subject"; "title"?: string; "lastName"?: string; "sort"?: "title" | "-title"; "page"?: number; "perPage"?: number }; header?: never; path: { "schoolId": string }; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["ChatPage"] } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        503: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        504: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
      };
    };
    /** Create a chat by hand (E) */
    post: {
      parameters: { query?: never; header?: { "Idempotency-Key"?: string }; path: { "schoolId": string }; cookie?: never };
      requestBody: { content: { "application/json": components["schemas"]["NewChat"] } };
      responses: {
        201: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["ChangedChat"] } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        408: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        503: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        504: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
      };
    };
  };
  "/v1/chats/{id}": {
    /** One chat */
    get: {
      parameters: { query?: { "school"?: string }; header?: never; path: { "id": string }; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Chat"] } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        503: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        504: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
      };
    };
    /** Change the name, members and admins of a chat by hand (C) */
    patch: {
      parameters: { query?: { "school"?: string }; header?: never; path: { "id": string }; cookie?: never };
      requestBody: { content: { "application/json": components["schemas"]["ChatChange"] } };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["ChangedChat"] } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        408: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        503: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        504: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
      };
    };
    /** Take a chat out of СГО and Sferum for good (G1) */
    delete: {
      parameters: { query?: { "school"?: string; "recreate"?: "true" | "false" }; header?: never; path: { "id": string }; cookie?: never };
      requestBody?: never;
      responses: {
        202: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Accepted"] } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        408: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        503: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        504: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
      };
    };
  };
  "/v1/chats/{id}/members": {
    /** Who is in a chat and why, or who is kept out of it by hand */
    get: {
      parameters: { query?: { "school"?: string; "lastName"?: string; "show"?: "members" | "excluded"; "page"?: number; "perPage"?: number }; header?: never; path: { "id": string }; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["ChatMemberPage"] } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        503: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        504: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
      };
    };
  };
  "/v1/chats/{id}/check": {
    /** Compare a chat with Sferum now and mend what differs (K7) */
    post: {
      parameters: { query?: { "school"?: string }; header?: { "Idempotency-Key"?: string }; path: { "id": string }; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Check"] } };
        202: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Accepted"] } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        408: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        503: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        504: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
      };
    };
  };
  "/v1/people/{id}/check": {
    /** Compare a person's chats with Sferum now (K7) */
    post: {
      parameters: { query?: { "school"?: string }; header?: { "Idempotency-Key"?: string }; path: { "id": string }; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Check"] } };
        202: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Accepted"] } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        408: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        503: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        504: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
      };
    };
  };
  "/v1/schools/{schoolId}/people": {
    /** Who can be picked: the people the caller may see, by name */
    get: {
      parameters: { query?: { "lastName"?: string; "role"?: "staff" | "student" | "parent"; "sex"?: "male" | "female"; "classId"?: string; "chatId"?: string; "page"?: number; "perPage"?: number }; header?: never; path: { "schoolId": string }; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["PersonPage"] } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        503: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        504: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
      };
    };
  };
  "/v1/people/{id}/grounds": {
    /** Why a person is in a chat, or why not; without chatId: in all their chats (J1) */
    get: {
      parameters: { query?: { "school"?: string; "chatId"?: string }; header?: never; path: { "id": string }; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["PersonGrounds"] } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        503: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        504: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
      };
    };
  };
  "/v1/people/{id}/export": {
    /** Everything held of one person, and to whom it was passed */
    get: {
      parameters: { query?: { "school"?: string }; header?: never; path: { "id": string }; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["PersonExport"] } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        503: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        504: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
      };
    };
  };
  "/v1/schools/{schoolId}/journal": {
    /** What was decided, by what, and what Sferum answered; newest first */
    get: {
      parameters: { query?: { "personId"?: string; "chatId"?: string; "from"?: string; "to"?: string; "before"?: string; "page"?: number; "perPage"?: number }; header?: never; path: { "schoolId": string }; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["JournalPage"] } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        503: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        504: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
      };
    };
  };
  "/v1/schools/{schoolId}/access": {
    /** Who looked at whose data; newest first. Records follow a look by about a second */
    get: {
      parameters: { query?: { "personId"?: string; "from"?: string; "to"?: string; "page"?: number; "perPage"?: number }; header?: never; path: { "schoolId": string }; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["AccessPage"] } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        503: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        504: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
      };
    };
  };
  "/v1/schools/{schoolId}/erasures": {
    /** Acts of the erasure of people who have departed; newest first */
    get: {
      parameters: { query?: { "page"?: number; "perPage"?: number }; header?: never; path: { "schoolId": string }; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["ErasurePage"] } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        503: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        504: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
      };
    };
  };
  "/v1/schools/{schoolId}/unreachable": {
    /** Who cannot be reached in Sferum, by class (J8); for a teacher: in the classes that they lead */
    get: {
      parameters: { query?: { "classId"?: string }; header?: never; path: { "schoolId": string }; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Unreachable"] } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        503: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        504: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
      };
    };
  };
  "/v1/schools/{schoolId}/delays": {
    /** From order to chat: how long it takes (J9) */
    get: {
      parameters: { query?: { "from"?: string; "to"?: string }; header?: never; path: { "schoolId": string }; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Delays"] } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        503: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        504: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
      };
    };
  };
  "/v1/me": {
    /** Who I am, and my chats (A4) */
    get: {
      parameters: { query?: { "school"?: string }; header?: never; path?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Me"] } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        503: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        504: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
      };
    };
  };
  "/v1/me/profile": {
    /** «Отменить привязку учебного профиля VK ID»: open to everybody at any time (A5) */
    delete: {
      parameters: { query?: { "school"?: string }; header?: never; path?: never; cookie?: never };
      requestBody?: never;
      responses: {
        204: { headers: { [name: string]: unknown }; content?: never };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        408: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        503: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        504: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
      };
    };
    /** «Привязать учебный профиль VK ID»: where the person’s browser goes; the address is good for 10 minutes (A2) */
    post: {
      parameters: { query?: { "school"?: string }; header?: { "Idempotency-Key"?: string }; path?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Authorize"] } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        408: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        503: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        504: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
      };
    };
  };
  "/v1/schools/{schoolId}/lessons": {
    /** Lessons that the caller may see, by their start */
    get: {
      parameters: { query?: { "from"?: string; "to"?: string; "grade"?: string; "classId"?: string; "subjectGroupId"?: string; "page"?: number; "perPage"?: number }; header?: never; path: { "schoolId": string }; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["LessonPage"] } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        503: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        504: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
      };
    };
  };
  "/v1/lessons/{id}/meeting": {
    /** Make a lesson's distance meeting; made twice it is the same one (I1–I3) */
    post: {
      parameters: { query?: { "school"?: string }; header?: { "Idempotency-Key"?: string }; path: { "id": string }; cookie?: never };
      requestBody?: { content: { "application/json": components["schemas"]["NewMeeting"] } };
      responses: {
        201: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Meeting"] } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        408: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        503: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        504: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
      };
    };
    /** Delete it: its call ends for all (I4) */
    delete: {
      parameters: { query?: { "school"?: string }; header?: never; path: { "id": string }; cookie?: never };
      requestBody?: never;
      responses: {
        204: { headers: { [name: string]: unknown }; content?: never };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        408: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        503: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        504: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
      };
    };
  };
  "/v1/lessons/{id}/meeting/join": {
    /** Enter: on to the call while the lesson runs (I5, I6) */
    get: {
      parameters: { query?: { "school"?: string }; header?: never; path: { "id": string }; cookie?: never };
      requestBody?: never;
      responses: {
        302: { headers: { [name: string]: unknown }; content?: never };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        408: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        503: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        504: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
      };
    };
  };
  "/v1/schools/{schoolId}/class-matches": {
    /** Classes that may go on under new ids, those that wait first (K4) */
    get: {
      parameters: { query?: never; header?: never; path: { "schoolId": string }; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["ClassMatches"] } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        503: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        504: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
      };
    };
    /** Decide whether chats go on with these new classes, all of them or none */
    post: {
      parameters: { query?: never; header?: { "Idempotency-Key"?: string }; path: { "schoolId": string }; cookie?: never };
      requestBody: { content: { "application/json": components["schemas"]["ClassWord"] } };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["ClassMatches"] } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        408: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        503: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        504: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
      };
    };
  };
  "/v1/schools/{schoolId}/person-matches": {
    /** People who may have come back under new ids, those that wait first (K4) */
    get: {
      parameters: { query?: { "page"?: number; "perPage"?: number }; header?: never; path: { "schoolId": string }; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["PersonMatches"] } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        503: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        504: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
      };
    };
    /** Say whether people under new ids are those of old, all of them or none */
    post: {
      parameters: { query?: never; header?: { "Idempotency-Key"?: string }; path: { "schoolId": string }; cookie?: never };
      requestBody: { content: { "application/json": components["schemas"]["PeopleWord"] } };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["PeopleDecided"] } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        408: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        503: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        504: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
      };
    };
  };
  "/v1/schools/{schoolId}/settings": {
    /** A school's settings as they are in force */
    get: {
      parameters: { query?: never; header?: never; path: { "schoolId": string }; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Settings"] } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        503: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        504: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
      };
    };
    /** Replace a school's settings */
    put: {
      parameters: { query?: never; header?: never; path: { "schoolId": string }; cookie?: never };
      requestBody: { content: { "application/json": components["schemas"]["SettingsChange"] } };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Settings"] } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        408: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        503: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        504: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
      };
    };
  };
  "/v1/pauses": {
    /** The days in which lists move nobody; with `?school=` those that concern it (K3) */
    get: {
      parameters: { query?: { "school"?: string }; header?: never; path?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["RegionPauses"] } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        503: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        504: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
      };
    };
    /** Replace the region's windows, with `?school=` those of that school alone (K3) */
    put: {
      parameters: { query?: { "school"?: string }; header?: never; path?: never; cookie?: never };
      requestBody: { content: { "application/json": components["schemas"]["RegionPauses"] } };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["RegionPauses"] } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        408: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        503: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        504: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
      };
    };
  };
  "/v1/me/sessions": {
    /** Where I am signed in, the last used first */
    get: {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { "items": (components["schemas"]["Session"])[] } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        503: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        504: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
      };
    };
  };
  "/v1/me/sessions/{id}": {
    /** End one of my sessions */
    delete: {
      parameters: { query?: never; header?: never; path: { "id": string }; cookie?: never };
      requestBody?: never;
      responses: {
        204: { headers: { [name: string]: unknown }; content?: never };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        503: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        504: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
      };
    };
  };
  "/v1/sessions": {
    /** End all sessions of a school, or of one of its people; `?school=*`: of operators of all schools */
    delete: {
      parameters: { query?: { "school"?: string; "personId"?: string }; header?: never; path?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { "ended": number } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        503: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        504: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
      };
    };
  };
  "/v1/schools": {
    /** All schools, the worst first; those of one state in natural order (K1) */
    get: {
      parameters: { query?: { "school"?: string; "state"?: components["schemas"]["SchoolState"]; "q"?: string; "page"?: number; "perPage"?: number }; header?: never; path?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["SchoolPage"] } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        503: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        504: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
      };
    };
  };
  "/v1/readiness": {
    /** How ready all schools are for a day, the worst first, as counted in the background (K4) */
    get: {
      parameters: { query?: { "school"?: string; "day"?: string; "state"?: components["schemas"]["ReadinessState"]; "q"?: string; "page"?: number; "perPage"?: number }; header?: never; path?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": (components["schemas"]["ReadinessPage"]) & ({ "day": string }) } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        503: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        504: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
      };
    };
    /** Let all schools be counted for a day besides the next 1 September (K4) */
    put: {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody: { content: { "application/json": { "day": string } } };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["ReadinessDay"] } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        408: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        503: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        504: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
      };
    };
  };
  "/v1/schools/{schoolId}/readiness": {
    /** How ready a school is for a day, counted now (K4) */
    get: {
      parameters: { query?: { "day"?: string }; header?: never; path: { "schoolId": string }; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["ReadinessReport"] } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        503: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        504: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
      };
    };
  };
  "/v1/decisions": {
    /** Decide about held work of many schools: each decision is its school’s own, a refused one keeps no other */
    post: {
      parameters: { query?: { "school"?: string }; header?: { "Idempotency-Key"?: string }; path?: never; cookie?: never };
      requestBody: { content: { "application/json": components["schemas"]["Decisions"] } };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Decided"] } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        408: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        503: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        504: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
      };
    };
  };
  "/v1/webhooks": {
    /** The webhooks of a school; of an operator of all schools without `?school=`: all there are (K2) */
    get: {
      parameters: { query?: { "school"?: string }; header?: never; path?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { "items": (components["schemas"]["Webhook"])[] } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        503: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        504: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
      };
    };
    /** Add a webhook (Standard Webhooks); the secret is shown in this answer alone (K2) */
    post: {
      parameters: { query?: { "school"?: string }; header?: { "Idempotency-Key"?: string }; path?: never; cookie?: never };
      requestBody: { content: { "application/json": components["schemas"]["NewWebhook"] } };
      responses: {
        201: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["WebhookMade"] } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        408: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        503: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        504: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
      };
    };
  };
  "/v1/webhooks/{id}": {
    /** Change where a webhook is or what it hears, or give it a new secret (K2) */
    put: {
      parameters: { query?: { "school"?: string }; header?: never; path: { "id": string }; cookie?: never };
      requestBody: { content: { "application/json": components["schemas"]["WebhookChange"] } };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["WebhookChanged"] } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        408: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        503: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        504: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
      };
    };
    /** Remove a webhook with its deliveries (K2) */
    delete: {
      parameters: { query?: { "school"?: string }; header?: never; path: { "id": string }; cookie?: never };
      requestBody?: never;
      responses: {
        204: { headers: { [name: string]: unknown }; content?: never };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        503: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        504: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
      };
    };
  };
  "/v1/webhooks/{id}/test": {
    /** Send a message of type `test` now and say what was answered; one not received is repeated (K2) */
    post: {
      parameters: { query?: { "school"?: string }; header?: { "Idempotency-Key"?: string }; path: { "id": string }; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["WebhookTested"] } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        408: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        503: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        504: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
      };
    };
  };
  "/v1/webhooks/{id}/deliveries": {
    /** What was sent to a webhook, and what came of it, the newest first (K2) */
    get: {
      parameters: { query?: { "school"?: string; "page"?: number; "perPage"?: number }; header?: never; path: { "id": string }; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["WebhookDeliveryPage"] } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        503: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        504: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
      };
    };
  };
  "/v1/me/notifications": {
    /** How I want to be told what waits (K2) */
    get: {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Notifications"] } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        503: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        504: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
      };
    };
    /** Choose how I want to be told what waits (K2) */
    put: {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody: { content: { "application/json": components["schemas"]["NotificationsChange"] } };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Notifications"] } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        408: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        503: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        504: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
      };
    };
  };
}

export interface components {
  schemas: {
    "RosterEvent": { "specversion": "1.0"; "id": string; "source": string; "type": "sgo.person.saved"; "time": string; "data": { "id": string; "familyName": string; "givenName": string; "middleName"?: string | null; "roles": ("teacher" | "administrator" | "staff" | "student" | "parent")[]; "sex"?: "male" | "female" | null; "birthDate"?: string | null } } | { "specversion": "1.0"; "id": string; "source": string; "type": "sgo.person.removed"; "time": string; "data": { "id": string } } | { "specversion": "1.0"; "id": string; "source": string; "type": "sgo.class.saved"; "time": string; "data": { "id": string; "title": string; "grade"?: string | number | null; "homeroomTeacherIds": (string)[]; "startsOn"?: string | null; "endsOn"?: string | null; "continues"?: string | null } } | { "specversion": "1.0"; "id": string; "source": string; "type": "sgo.class.closed"; "time": string; "data": { "id": string } } | { "specversion": "1.0"; "id": string; "source": string; "type": "sgo.subject-group.saved"; "time": string; "data": { "id": string; "title": string; "subject": string; "classId"?: string | null; "teacherIds": (string)[]; "studentIds": (string)[] } } | { "specversion": "1.0"; "id": string; "source": string; "type": "sgo.subject-group.removed"; "time": string; "data": { "id": string } } | { "specversion": "1.0"; "id": string; "source": string; "type": "sgo.guardian.linked"; "time": string; "data": { "guardianId": string; "studentId": string } } | { "specversion": "1.0"; "id": string; "source": string; "type": "sgo.guardian.unlinked"; "time": string; "data": { "guardianId": string; "studentId": string } } | { "specversion": "1.0"; "id": string; "source": string; "type": "sgo.order.issued"; "time": string; "data": { "id": string; "number"?: string | null; "issuedOn"?: string | null; "kind": "enrollment" | "withdrawal" | "transfer"; "effectiveOn": string; "items": ({ "studentId": string; "classId"?: string | null; "toClassId"?: string | null; "subjectGroupIds"?: (string)[] })[] } } | { "specversion": "1.0"; "id": string; "source": string; "type": "sgo.order.cancelled"; "time": string; "data": { "id": string } } | { "specversion": "1.0"; "id": string; "source": string; "type": "sgo.profile.linked"; "time": string; "data": { "personId": string; "vkUserId": number | string } } | { "specversion": "1.0"; "id": string; "source": string; "type": "sgo.profile.unlinked"; "time": string; "data": { "personId": string } } | { "specversion": "1.0"; "id": string; "source": string; "type": "sgo.lesson.saved"; "time": string; "data": { "id": string; "subjectGroupId": string; "teacherId": string; "startsAt": string; "endsAt": string; "topic"?: string | null } } | { "specversion": "1.0"; "id": string; "source": string; "type": "sgo.lesson.removed"; "time": string; "data": { "id": string } };
    "Readiness": { "status": "ready" | "not-ready"; "checks": { [name: string]: "ok" | "failed" | "late" } };
    "Accepted": { "operationId": string };
    "Problem": ({ "type": string; "title": string; "status": number; "errors"?: ({ "field": string; "message": string })[] } & { [name: string]: unknown });
    "RosterValidation": ({ "wouldFail": boolean; "wouldHold": boolean; "schools"?: number; "people"?: number; "classes"?: number; "subjectGroups"?: number; "enrollments"?: number; "rejected"?: (({ "file": string; "line": number; "message": string } & { [name: string]: unknown }))[]; "ignored"?: ({ "file": string; "reason": string; "rows": number })[]; "operations"?: ({ "schoolId": string; "state": "succeeded" | "held" })[]; "problems": (({ "code": string; "message": string } & { [name: string]: unknown }))[] } & { [name: string]: unknown });
    "EventReceipt": { "accepted": number; "duplicates": number; "rejected": ({ "id": string | null; "message": string })[] };
    "Sferum": { "communityId": number; "ownerId": number; "tokenKind": "user" | "community"; "hasCallsToken": boolean; "requestsPerSecond": number; "status": "ok" | "broken"; "statusReason": string | null; "statusSince": string; "creationsConfirmed": boolean };
    "SferumConnection": { "communityId": number | string; "accessToken": string; "tokenKind": "user" | "community"; "callsToken"?: string | null; "requestsPerSecond"?: number | null; "replaceAccount"?: boolean };
    "InitializationRun": { "types": ("staff" | "class" | "parents" | "subject")[]; "dryRun"?: boolean; "strict"?: boolean; "asOf"?: string };
    "InitializationOfPlan": { "plan": string };
    "Operation": { "id": string; "kind": "roster-import" | "roster-validation" | "initialization" | "events" | "delete-chat" | "undo" | "drift" | "check" | "class-match" | "account-replacement" | "adoption"; "schoolId": string | null; "state": "queued" | "running" | "held" | "succeeded" | "failed" | "cancelled"; "progress": { "done": number; "total": number }; "result": components["schemas"]["OperationResult"]; "problems": (({ "code": string; "message": string } & { [name: string]: unknown }))[]; "createdBy": string; "createdAt": string; "startedAt": string | null; "finishedAt": string | null };
    "OperationResult": ({ "chats"?: { "created": number; "renamed": number; "unchanged": number }; "members"?: { "added": number; "removed": number }; "admins"?: { "granted": number; "revoked": number }; "pending"?: { "notLinked": number; "invited": number; "refused": number }; "held"?: number; "apiCalls"?: number; "estimate"?: { "apiCalls": number; "seconds": number }; "schools"?: number; "people"?: number; "classes"?: number; "subjectGroups"?: number; "enrollments"?: number; "rejected"?: (({ "file": string; "line": number; "message": string } & { [name: string]: unknown }))[]; "ignored"?: ({ "file": string; "reason": string; "rows": number })[]; "operations"?: (({ "schoolId": string; "state": string } & { [name: string]: unknown }))[]; "desired"?: ({ "chatId": string; "personId": string | null; "admin": boolean })[]; "actual"?: ({ "chatId": string; "personId": string | null; "admin": boolean })[]; "done"?: ({ "chatId": string; "action": "create" | "rename" | "add" | "remove" | "grant" | "revoke" | "delete"; "personId"?: string })[]; "obstacles"?: ({ "chatId"?: string; "personId"?: string; "reason": string; "message": string })[]; "decision"?: "approve" | "reject" } & { [name: string]: unknown }) | null;
    "OperationPage": { "items": (components["schemas"]["Operation"])[]; "total": number; "page": number; "perPage": number };
    "Decision": { "chatIds"?: (string)[] };
    "PlanPage": { "items": (components["schemas"]["PlannedAction"])[]; "total": number; "page": number; "perPage": number };
    "PlannedAction": { "action": "create" | "rename" | "add" | "remove" | "grant" | "revoke" | "delete"; "chatId": string; "chatTitle": string; "chatType": "staff" | "class" | "parents" | "subject"; "personId"?: string; "personName"?: string; "strangerId"?: number; "grounds": (components["schemas"]["Ground"])[]; "held"?: boolean; "pending"?: "notLinked" | "invited" | "refused"; "sentence": string };
    "Ground": { "kind": "teacher" | "school-admin" | "homeroom" | "enrollment" | "guardian" | "teaching" | "study" | "added" | "no-other-admin" | "archived"; "text": string; "since"?: string; "classId"?: string; "subjectGroupId"?: string; "studentId"?: string; "orderId"?: string; "orderNumber"?: string; "orderDate"?: string };
    "RowFaultPage": { "items": (components["schemas"]["RowFault"])[]; "total": number; "page": number; "perPage": number };
    "RowFault": { "file": string; "line": number; "field": string; "valueKind": string; "message": string };
    "ChatPage": { "items": (components["schemas"]["Chat"])[]; "total": number; "page": number; "perPage": number };
    "Chat": { "id": string; "title": string; "type": "staff" | "class" | "parents" | "subject"; "origin": "automatic" | "manual"; "classId": string | null; "subjectGroupId": string | null; "titleByHand": boolean; "memberCount": number; "inSferumCount": number; "admins": ({ "id": string; "name": string })[]; "condition": { "status": "synced" | "behind" | "held" | "failing" | "archived" | "deleting"; "reason": string | null; "message": string | null; "since": string; "seenAt": string | null }; "warning": string | null };
    "ChatMemberPage": { "items": (components["schemas"]["ChatMember"])[]; "total": number; "page": number; "perPage": number };
    "ChatMember": { "personId": string; "name": string; "role": "staff" | "student" | "parent"; "admin": boolean; "linked": boolean; "inSferum": boolean; "sferumState": "in" | "waiting" | "refused" | "left" | null; "sferumReason": string | null; "held": boolean; "grounds": (components["schemas"]["Ground"])[]; "exception"?: { "member": "added" | "excluded" | null; "admin": "granted" | "revoked" | null; "authorId": string; "reason": string | null; "at": string } };
    "ChangedChat": (components["schemas"]["Chat"]) & ({ "warnings": ({ "code": "pupil-in-parents-chat" | "parent-without-child"; "message": string; "personIds": (string)[] })[] });
    "NewChat": { "type": "staff" | "class" | "parents" | "subject"; "title"?: string; "classId"?: string; "subjectGroupId"?: string; "members"?: ({ "personId": string; "admin"?: boolean })[]; "reason"?: string };
    "ChatChange": { "title"?: string; "members"?: { "add"?: (string)[]; "remove"?: (string)[] }; "admins"?: { "grant"?: (string)[]; "revoke"?: (string)[] }; "reason"?: string };
    "Check": { "desired": ({ "chatId": string; "personId": string | null; "admin": boolean })[]; "actual": ({ "chatId": string; "personId": string | null; "admin": boolean })[]; "done": ({ "chatId": string; "action": "create" | "rename" | "add" | "remove" | "grant" | "revoke" | "delete"; "personId"?: string })[]; "obstacles": ({ "chatId"?: string; "personId"?: string; "reason": string; "message": string })[] };
    "PersonPage": { "items": (components["schemas"]["Person"])[]; "total": number; "page": number; "perPage": number };
    "Person": { "id": string; "name": string; "familyName": string; "givenName": string; "middleName": string; "role": "staff" | "student" | "parent"; "sex": "male" | "female" | null; "birthDate"?: string; "linked": boolean; "inChat"?: boolean };
    "PersonGrounds": { "person": { "id": string; "name": string; "role": "staff" | "student" | "parent"; "present": boolean; "linked": boolean; "profileTaken": boolean }; "chats": (components["schemas"]["ChatGrounds"])[] };
    "ChatGrounds": { "chatId": string; "title": string; "type": "staff" | "class" | "parents" | "subject"; "isMember": boolean; "admin": boolean; "inSferum": boolean; "sferumState": "in" | "waiting" | "refused" | "left" | null; "held": boolean; "grounds": (components["schemas"]["Ground"])[]; "exception"?: { "member": "added" | "excluded" | null; "admin": "granted" | "revoked" | null; "author": { "id": string; "name": string }; "reason": string | null; "at": string }; "why": (string)[]; "changes": (components["schemas"]["JournalEntry"])[] };
    "JournalEntry": { "id": string; "at": string; "what": string; "sentence": string; "chatId": string | null; "chatTitle": string | null; "personId": string | null; "personName": string | null; "cause": { "kind": string; "id": string; "text": string; "by": { "id": string; "kind": "person" | "operator" | "service" | "system" | "unknown"; "name": string } | null; "reason": string | null } };
    "PersonExport": { "personId": string; "held": { [name: string]: ({ [name: string]: unknown })[] }; "passedTo": ({ [name: string]: unknown })[] };
    "JournalPage": { "items": (components["schemas"]["JournalEntry"])[]; "total": number; "page": number; "perPage": number; "next": string | null };
    "AccessPage": { "items": (components["schemas"]["AccessRecord"])[]; "total": number; "page": number; "perPage": number };
    "AccessRecord": { "id": string; "at": string; "subject": string; "role": string; "what": string; "personIds": (string)[]; "address": string | null };
    "ErasurePage": { "items": (components["schemas"]["Erasure"])[]; "total": number; "page": number; "perPage": number };
    "Erasure": { "id": string; "schoolId": string; "at": string; "ground": string; "retentionDays": number; "people": number; "rows": { [name: string]: number }; "hashes": (string)[] };
    "Unreachable": { "items": ({ "classId": string | null; "title": string | null; "people": ({ "personId": string; "name": string; "role": "staff" | "student" | "parent"; "reason": "notLinked" | "left" | "refused"; "text": string; "chats": ({ "id": string; "title": string })[] })[] })[] };
    "Delays": { "from": string; "to": string; "count": number; "p50Seconds": number | null; "p95Seconds": number | null; "maxSeconds": number | null };
    "Me": { "person": { "id": string; "name": string; "role": "staff" | "student" | "parent" }; "linked": boolean; "profileTaken": boolean; "connected": boolean; "chats": ({ "id": string; "title": string; "type": "staff" | "class" | "parents" | "subject"; "memberCount": number; "admins": ({ "id": string; "name": string })[]; "inSferum": boolean; "inviteLink"?: string })[] };
    "Authorize": { "authorizeUrl": string };
    "LessonPage": { "items": (components["schemas"]["Lesson"])[]; "total": number; "page": number; "perPage": number };
    "Lesson": { "id": string; "subjectGroupId": string; "groupTitle": string; "subject": string; "classId": string | null; "classTitle": string | null; "teacher": { "id": string; "name": string }; "startsAt": string; "endsAt": string; "topic": string | null; "phase": "before" | "running" | "over"; "meeting": { "title": string; "system": "Сферум"; "ready": boolean; "condition": { "status": "synced" | "behind" | "failing"; "message": string | null } } | null };
    "Meeting": { "title": string; "startsAt": string; "endsAt": string; "system": "Сферум" };
    "NewMeeting": { "title"?: string };
    "ClassMatches": { "items": (components["schemas"]["ClassMatch"])[] };
    "ClassMatch": { "classId": string; "title": string; "oldClassId": string; "oldTitle": string; "common": number; "pupils": number; "oldPupils": number; "state": "open" | "continued" | "other"; "proposedAt": string; "decidedAt": string | null };
    "ClassWord": { "classIds": (string)[]; "continues": boolean };
    "PersonMatches": { "items": (components["schemas"]["PersonMatch"])[]; "total": number; "page": number; "perPage": number; "open": number; "doubtful": number };
    "PersonMatch": { "personId": string; "oldPersonId": string; "name": string; "role": "staff" | "student" | "parent" | null; "classes": (string)[]; "evidence": ("birth-date" | "profile" | "unit" | "kin" | "full-name")[]; "doubt": "namesake" | "profile" | "name" | null; "state": "open" | "same" | "other"; "proposedAt": string; "decidedAt": string | null };
    "PeopleDecided": { "decided": number; "open": number; "doubtful": number };
    "PeopleWord": { "matches"?: ({ "personId": string; "oldPersonId": string })[]; "same": boolean };
    "Settings": { "timeZone": string; "earlyEntryMinutes": number; "sessionIdleMinutes": number; "retentionDays": number; "lookEverySeconds": number; "limits": components["schemas"]["RemovalLimits"]; "pauses": (components["schemas"]["Pause"])[] };
    "RemovalLimits": { "chatShare": number; "chatAtLeast": number; "schoolShare": number; "schoolAtLeast": number };
    "Pause": { "from": string; "to": string };
    "SettingsChange": { "timeZone"?: string | null; "earlyEntryMinutes"?: number; "sessionIdleMinutes"?: number; "retentionDays"?: number; "lookEverySeconds"?: number; "limits"?: { "chatShare"?: number; "chatAtLeast"?: number; "schoolShare"?: number; "schoolAtLeast"?: number }; "pauses"?: (components["schemas"]["Pause"])[] };
    "RegionPauses": (components["schemas"]["RegionPause"])[];
    "RegionPause": { "schoolId"?: string; "from": string; "to": string };
    "Session": { "id": string; "startedAt": string; "usedAt": string; "browser": string | null };
    "SchoolPage": { "items": (components["schemas"]["School"])[]; "total": number; "page": number; "perPage": number };
    "School": { "id": string; "name": string; "state": components["schemas"]["SchoolState"]; "reason": string | null; "since": string | null; "chats": number; "linkedShare": number | null; "held": number; "failing": number; "behind": number; "lastRosterAt": string | null; "delayP95Ms": number | null };
    "SchoolState": "broken" | "failing" | "held" | "behind" | "overdue" | "paused" | "fine";
    "SchoolReadiness": { "id": string; "name": string; "state": components["schemas"]["ReadinessState"]; "readiness": components["schemas"]["ReadinessFigures"]; "countedAt": string | null };
    "ReadinessState": "unreached" | "gaps" | "undated" | "held" | "ready" | "uncounted";
    "ReadinessFigures": { "reach": "yes" | "undated" | "no"; "chats": { "created": number; "renamed": number; "archived": number }; "members": { "added": number; "removed": number }; "held": number; "pupils": { "total": number; "joining": number; "leaving": number; "withoutClass": number }; "classes": { "total": number; "withoutTeacher": number }; "estimate": { "apiCalls": number; "seconds": number } } | null;
    "ReadinessPage": { "items": (components["schemas"]["SchoolReadiness"])[]; "total": number; "page": number; "perPage": number };
    "ReadinessDay": { "day": string };
    "ReadinessReport": { "day": string; "state": components["schemas"]["ReadinessState"]; "readiness": components["schemas"]["ReadinessFigures"]; "pupilsWithoutClass": ({ "personId": string; "name": string })[]; "classesWithoutTeacher": ({ "classId": string; "title": string })[] };
    "Decided": { "decided": ({ "schoolId": string; "operationId": string })[]; "refused": ({ "operationId": string; "reason": string })[] };
    "Decisions": { "decide": "approve" | "reject"; "operationIds": (string)[] };
    "Webhook": { "id": string; "schoolId": string | null; "url": string; "kinds": ("hold" | "chat-failing" | "account-broken" | "roster-overdue" | "lesson-without-call" | "invariant-broken" | "worker-dead")[]; "createdAt": string; "endedAt": string | null; "formerSecretUntil": string | null };
    "WebhookMade": { "id": string; "secret": string };
    "NewWebhook": { "url": string; "kinds": ("hold" | "chat-failing" | "account-broken" | "roster-overdue" | "lesson-without-call" | "invariant-broken" | "worker-dead")[]; "schoolId"?: string };
    "WebhookChanged": (components["schemas"]["Webhook"]) & ({ "secret"?: string });
    "WebhookChange": { "url"?: string; "kinds"?: ("hold" | "chat-failing" | "account-broken" | "roster-overdue" | "lesson-without-call" | "invariant-broken" | "worker-dead")[]; "rotate"?: boolean };
    "WebhookTested": { "id": string; "delivered": boolean; "answer": string };
    "WebhookDeliveryPage": { "items": (components["schemas"]["WebhookDelivery"])[]; "total": number; "page": number; "perPage": number };
    "WebhookDelivery": { "id": string; "type": string; "at": string; "status": "waiting" | "delivered" | "failed"; "attempts": number; "answer": string | null; "triedAt": string | null; "nextAt": string | null };
    "Notifications": { "email": string | null; "kinds": ("hold" | "chat-failing" | "account-broken" | "roster-overdue" | "lesson-without-call" | "invariant-broken" | "worker-dead")[]; "daily": boolean };
    "NotificationsChange": { "email"?: string; "kinds"?: ("hold" | "chat-failing" | "account-broken" | "roster-overdue" | "lesson-without-call" | "invariant-broken" | "worker-dead")[]; "daily"?: boolean };
  };
}
