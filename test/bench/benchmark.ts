/** One benchmark. It prints figures for a person, and `ratio: …` as its last line. */
export interface Benchmark {
  name: string;
  /** What is measured against what, in one line. */
  about: string;
  run: (print: Print) => Promise<void>;
}

export type Print = (line: string) => void;
