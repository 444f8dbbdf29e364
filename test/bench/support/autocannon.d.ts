/** The part of autocannon that is used here. The package brings no types. */
declare module 'autocannon' {
  export default function autocannon(options: {
    url: string;
    headers: Record<string, string>;
    amount: number;
    connections: number;
    /** How many threads send the load. */
    workers: number;
  }): Promise<{
    /** In ms. */
    latency: { p50: number; p99: number };
    non2xx: number;
    errors: number;
  }>;
}
