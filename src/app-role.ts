/** Which halves run in this process, and whether it migrates. */
export interface AppRole {
  name: string;
  api: boolean;
  workers: boolean;
  /** True: the start brings the schema up to date. False: an older schema refuses the start. */
  migrates: boolean;
}
export const ALL: AppRole = { name: 'all', api: true, workers: true, migrates: true };
export const API: AppRole = { name: 'api', api: true, workers: false, migrates: false };
export const WORKER: AppRole = { name: 'worker', api: false, workers: true, migrates: false };
/** An operator's command, which gives out no work of its own. */
export const COMMAND: AppRole = { name: 'command', api: false, workers: false, migrates: false };
