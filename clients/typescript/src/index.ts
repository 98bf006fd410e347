// Made by clients/generate.py from the description of the API: change that, and run it again.

/** The server, and who asks. */
export interface About {
  version: string;
  /** Whose token it is. */
  name: string;
  role: Role;
  /** The namespace whose runs this token sees, null for all. */
  namespace: string | null;
}

/** A call that waits until a person has decided upon it. */
export interface Approval {
  run_id: string;
  /** The number of the call. */
  call: number;
  script_name: string;
  /** flow.approve, or the function that would be executed. */
  function: string;
  question: string | null;
  args: Array<unknown>;
  kwargs: Record<string, unknown>;
  asked_at: string;
  expires_at: string | null;
}

/** What to do with many runs, which are those that meet all conditions. */
export interface Bulk {
  action: "cancel" | "terminate" | "pause" | "resume" | "retry" | "delete";
  status?: Array<RunStatus> | null;
  script?: string | null;
  text?: string | null;
  tags?: Record<string, unknown>;
  submitted_after?: string | null;
  submitted_before?: string | null;
  namespace?: string | null;
  queue?: string | null;
  /** Whether to count only. Say false to do it. */
  dry_run?: boolean;
}

/** How many runs were meant. */
export interface BulkResult {
  runs: number;
  dry_run: boolean;
}

/** An external call of a run. */
export interface Call {
  number: number;
  kind: CallKind;
  function: string;
  status: CallStatus;
  args: Array<unknown>;
  kwargs: Record<string, unknown>;
  result: unknown;
  error: ErrorInfo | null;
  /** Attempts begun, the present one included. */
  attempts: number;
  /** Attempts that ended with an error of the function. */
  failures: number;
  /** The session of the worker that has it in hand. */
  worker: string | null;
  /** What the function last told of how far it is. */
  progress: unknown;
  progress_at: string | null;
  created_at: string;
  due_at: string;
  started_at: string | null;
  finished_at: string | null;
  /** The `flow.map` call of which it is an item, null for other calls. */
  part_of: number | null;
  /** The item's place among those of that call. */
  item: number | null;
}

/** What has to be done for a call. */
export type CallKind = "start" | "function" | "timer" | "signal" | "approval" | "child" | "map";

/** Where a call stands. */
export type CallStatus = "pending" | "leased" | "done" | "failed" | "cancelled" | "held" | "ready";

/** What becomes of the moments of a schedule at which no worker was there. */
export type CatchUp = "none" | "last" | "all";

/** How many runs are in each status. */
export interface Counts {
  counts: Record<string, number>;
  /** A count that is this high stands for so many or more. */
  limit: number;
}

/** What a person has decided. */
export interface Decision {
  approved: boolean;
  comment?: string | null;
}

/** The body of every answer that is an error. */
export interface ErrorBody {
  error: ErrorDetail;
}

/** What was wrong, for programs and for people. */
export interface ErrorDetail {
  /** A name of the kind of error, which does not change. */
  code: string;
  /** What was wrong, and what to do. */
  message: string;
}

/** An error of a script or of a function. */
export interface ErrorInfo {
  type: string;
  message: string;
  /** Text as Python prints it, with frames of the script only; empty for an error of a function. */
  traceback: string;
}

/** From which step a run goes on, and what is changed there. */
export interface Fork {
  /** After which step; null for the newest, 0 for the start. */
  at?: number | null;
  /** What the call comes to at which it stands there, instead of executing it again; leave it out to execute it. */
  result?: unknown;
  /** Other values of variables, by name. */
  variables?: Record<string, unknown>;
  /** Another version of the script, null for the same. */
  source?: string | null;
  /** Whether nothing is stored and only told what would come of it. */
  dry_run?: boolean;
}

/** What came of a fork or a migration, or would come of it. */
export interface Forked {
  /** The run that goes on; null when it was only tried. */
  run: Run | null;
  /** Where each function goes on; empty for the same script. */
  moves: Array<Move>;
  /** Names of the new script that are not bound, since the statements that bind them are not run. */
  unbound: Array<string>;
  /** The functions whose calls the state waits for. */
  waits_for: Array<string>;
}

/** A function of the script that has begun and not ended. */
export interface Frame {
  function: string;
  position: Position;
  source_line: string;
  /** The variables as text, as Python writes them, cut where they are long. */
  variables: Record<string, string>;
}

/** How a function did in the newest runs. */
export interface FunctionUse {
  function: string;
  attempts: number;
  errors: number;
  /** Attempts a second, from the first in the newest runs, of whatever function, to the last. */
  per_second: number;
  p50_seconds: number;
  p90_seconds: number;
  p99_seconds: number;
  first_at: string;
  last_at: string;
  /** The same over time. */
  slots: Array<UseSlot>;
}

/** That the server and its database answer. */
export interface Health {
  status: string;
}

/** A commit of a run by a worker, with where the time went. */
export interface History {
  version: number;
  /** The call that it was about; 0 is the start of the script. */
  number: number;
  function: string;
  call_status: CallStatus;
  run_status: RunStatus;
  attempt: number;
  function_seconds: number;
  script_seconds: number;
  snapshot_bytes: number;
  worker: string;
  at: string;
}

/** Bounds on a run; what is left out has its default. */
export interface Limits {
  /** Seconds of computing. */
  max_duration_secs?: number | null;
  /** Bytes that values of the script may take at once. */
  max_memory?: number | null;
  /** Function entries and loop iterations. */
  max_steps?: number | null;
  /** External calls. */
  max_pauses?: number | null;
}

/** A piece of output of a script, a line at most. */
export interface LogLine {
  /** Grows over all runs; give it as `after` to read on. */
  seq: number;
  step: number;
  /** stdout or stderr. */
  stream: string;
  text: string;
  at: string;
}

/** The script in which a run is to go on. */
export interface Migration {
  /** Text of the new version. */
  source: string;
  /** Whether nothing is changed and only told what would come of it. */
  dry_run?: boolean;
}

/** Where a function that stands in the middle goes on in another version of its script. */
export interface Move {
  function: string;
  old: Position;
  new: Position;
  /** Variables that the new version does not have; their values are dropped. */
  gone: Array<string>;
}

/** What a moment of a schedule does while the run of the one before is under way. */
export type Overlap = "skip" | "queue" | "cancel" | "allow";

/** A place within a variable that differs between two steps; null where there is no value. */
export interface PlaceChange {
  /** As a script would write it, such as `history[12]['text']`; `seen{3}` is the member 3 of a set. */
  path: string;
  /** As text, cut where it is long; may be as `after` where the difference is in what no script reaches. */
  before: string | null;
  after: string | null;
}

/** A place in a source; lines count from 1, columns from 0. */
export interface Position {
  line: number;
  column: number;
  end_line: number;
  end_column: number;
}

/** A queue with its limits, null where there is none, and how busy it is. */
export interface Queue {
  name: string;
  /** Calls in hand at once, over all workers. */
  concurrency: number | null;
  /** Calls in hand at once of those that have the same key. */
  key_concurrency: number | null;
  /** Calls that are begun within any span of `period_seconds`. */
  rate: number | null;
  period_seconds: number;
  /** Calls that may wait for a worker; more submissions are refused. */
  max_pending: number | null;
  paused: boolean;
  waiting: number;
  in_hand: number;
}

/** What bounds a queue; null for no such limit. */
export interface QueueLimits {
  concurrency?: number | null;
  key_concurrency?: number | null;
  rate?: number | null;
  period_seconds?: number;
  max_pending?: number | null;
}

/** How a run ended, or where it stands when it has not. */
export interface Result {
  id: string;
  status: RunStatus;
  /** Whether it has ended, so that the rest of this is final but for a retry. */
  finished: boolean;
  output: unknown;
  error: ErrorInfo | null;
}

/** For how long runs are kept after they have ended; the most special rule counts. */
export interface Retention {
  /** Null for ever. */
  keep_seconds: number | null;
  /** Of runs of this namespace; null for all that have no rule of their own. */
  namespace?: string | null;
  /** Of runs that ended so; null for all that have no rule of their own. */
  status?: "succeeded" | "failed" | "cancelled" | null;
}

/** What a token is good for; each role may do what those before it may. */
export type Role = "read" | "submit" | "operate" | "admin";

/** A run as it stood when it was read. */
export interface Run {
  id: string;
  status: RunStatus;
  script_name: string;
  /** SHA-256 of the source, in hexadecimal. */
  script_hash: string;
  inputs: Record<string, unknown>;
  /** What the script evaluated to, null before it succeeded. Values that JSON has no form for are text as Python writes it. */
  output: unknown;
  /** Why it failed or was set aside. */
  error: ErrorInfo | null;
  key: string | null;
  /** Grows with every commit of the run. */
  version: number;
  /** Steps taken; also the number of the call that it waits for. */
  step: number;
  created_at: string;
  updated_at: string;
  started_at: string | null;
  finished_at: string | null;
  /** What it waits for in words, null when it has ended. */
  waiting_for: string | null;
  namespace: string;
  tags: Record<string, string>;
  /** When it is ended as failed, null for never. */
  deadline: string | null;
  queue: string;
  priority: number;
  concurrency_key: string | null;
  /** The run whose script started it. */
  parent: string | null;
  /** The run of which it is a fork. */
  origin: string | null;
  /** The step of that run after which it goes on otherwise. */
  origin_step: number | null;
  /** When it is ended whatever its script does, since it was cancelled; null when it was not. */
  cancel_at: string | null;
  /** What the script said last of where it stands. */
  status_text: string | null;
}

/** A page of runs, the newest first. */
export interface RunPage {
  runs: Array<Run>;
  /** Give it as `cursor` for the next page; null at the end. */
  next_cursor: string | null;
}

/** How many runs were submitted within a span of time, by the status that they have now. */
export interface RunSlot {
  at: string;
  counts: Record<string, number>;
}

/** Where a run stands. */
export type RunStatus = "pending" | "running" | "waiting" | "cancelling" | "paused" | "succeeded" | "failed" | "cancelled";

/** How many runs were submitted when; of each status the newest 10,000 are counted. */
export interface RunsOverTime {
  slot_seconds: number;
  slots: Array<RunSlot>;
}

/** A schedule. */
export interface Schedule {
  name: string;
  cron: string | null;
  every_seconds: number | null;
  at: string | null;
  timezone: string;
  overlap: Overlap;
  catch_up: CatchUp;
  jitter_seconds: number;
  paused: boolean;
  /** When the next run is made, null when there will be none. */
  next_at: string | null;
  last_moment: string | null;
  last_run: string | null;
  /** Runs that it made. */
  fired: number;
  /** Moments that gave none. */
  skipped: number;
  /** Why a worker paused it. */
  error: string | null;
  script_name: string;
  inputs: Record<string, unknown>;
  namespace: string;
  queue: string;
  priority: number;
  created_at: string;
}

/** How a schedule is to be; one of `cron`, `every_seconds` and `at` says when. */
export interface ScheduleChange {
  /** Text of the script; one that uses the name `scheduled_at` gets the moment as that input. */
  source: string;
  inputs?: Record<string, unknown>;
  script_name?: string;
  cron?: string | null;
  /** Where the cron expression is read. */
  timezone?: string;
  every_seconds?: number | null;
  /** The one moment, or with `every_seconds` the first. */
  at?: string | null;
  /** What a moment does while the run of the one before goes on. */
  overlap?: Overlap;
  /** What is made up for when no worker was there. */
  catch_up?: CatchUp;
  jitter_seconds?: number;
  paused?: boolean;
  queue?: string;
  priority?: number;
  namespace?: string | null;
}

/** A schedule to be, under a name that no other has. */
export interface ScheduleRequest {
  /** Text of the script; one that uses the name `scheduled_at` gets the moment as that input. */
  source: string;
  name: string;
  inputs?: Record<string, unknown>;
  script_name?: string;
  cron?: string | null;
  /** Where the cron expression is read. */
  timezone?: string;
  every_seconds?: number | null;
  /** The one moment, or with `every_seconds` the first. */
  at?: string | null;
  /** What a moment does while the run of the one before goes on. */
  overlap?: Overlap;
  /** What is made up for when no worker was there. */
  catch_up?: CatchUp;
  jitter_seconds?: number;
  paused?: boolean;
  queue?: string;
  priority?: number;
  namespace?: string | null;
}

/** A version of a script, as the newest 5000 runs used it. */
export interface ScriptUse {
  script_name: string;
  script_hash: string;
  /** Runs of it among those. */
  runs: number;
  /** How many of them failed. */
  failed: number;
  /** When the first of them was submitted. */
  first_at: string;
  last_at: string;
  /** The last of them, whose source is that of the script. */
  last_run: string;
}

/** A message to a run, kept until a call of its script takes it. */
export interface Signal {
  /** Signals of one name are taken in this order. */
  seq: number;
  name: string;
  value: unknown;
  key: string | null;
  sent_at: string;
  /** The number of the call that it is the answer to, null while it waits for one. */
  taken_by: number | null;
}

/** A message to a run. */
export interface SignalRequest {
  name: string;
  value?: unknown;
  /** Sending the same key to the run again changes nothing. */
  key?: string | null;
}

/** The script of a run. */
export interface Source {
  script_name: string;
  script_hash: string;
  source: string;
}

/** Where a run stood when it waited for a call. */
export interface State {
  run_id: string;
  step: number;
  /** From the outermost to the innermost, the one that waits. */
  frames: Array<Frame>;
}

/** A state of a run that is kept. */
export interface StoredStep {
  number: number;
  /** The step to which this one is stored as a delta, null when it is stored whole. */
  base: number | null;
  stored_bytes: number;
}

/** A script and what it is to be run with. */
export interface Submission {
  /** Text of the script. */
  source: string;
  /** Values of the script's inputs by name. */
  inputs?: Record<string, unknown>;
  /** Name of the script in tracebacks and lists. */
  script_name?: string;
  /** Submitting the same key again gives the first run. */
  key?: string | null;
  /** Bounds on the run, null for the defaults. */
  limits?: Limits | null;
  /** States that are kept for looking back, the newest ones; null for all. */
  keep_snapshots?: number | null;
  /** The namespace that it belongs to; null for that of the token. */
  namespace?: string | null;
  /** Where its calls wait for workers. */
  queue?: string;
  /** Higher ones are taken first. */
  priority?: number;
  /** What the bound of its queue for calls of one key counts by. */
  concurrency_key?: string | null;
  /** Names and texts by which it can be found. */
  tags?: Record<string, unknown>;
  /** When it may be begun; null for at once. */
  start_at?: string | null;
  /** When it is ended as failed unless it has ended before. */
  deadline?: string | null;
}

/** How a function did within a span of time. */
export interface UseSlot {
  at: string;
  attempts: number;
  errors: number;
  /** Null where there was no attempt. */
  p50_seconds: number | null;
}

/** A variable that differs between two steps; null where there is none. */
export interface VariableChange {
  function: string;
  variable: string;
  /** The whole variable as text, cut where it is long. */
  before: string | null;
  after: string | null;
  /** Where in it, in order, the first 20. */
  places: Array<PlaceChange>;
  /** Whether it may differ at more places: there are too many, or it is too large to be looked at whole. */
  more: boolean;
}

/** A worker that lives. */
export interface Worker {
  session: string;
  name: string;
  functions: Array<string>;
  started_at: string;
  /** When its leases run out unless it renews them. */
  expires_at: string;
  /** Calls that it has leased. */
  in_hand: number;
  /** Queues from which it takes calls, null for all. */
  queues: Array<string> | null;
  /** Calls that it has in hand at most, null when it did not say. */
  concurrency: number | null;
  /** The release of monty-flow that it is of, null when it did not say. */
  release: string | null;
  /** Whether it takes no more calls, and ends when those in hand have ended. */
  is_draining: boolean;
}

/** What happens to a run. */
export type RunEvent =
  | { event: 'run'; run: Run }
  | { event: 'log'; line: LogLine }
  | { event: 'end'; run: Run };

/** An answer of the server that is an error. */
export class MontyFlowError extends Error {
  constructor(
    readonly status: number,
    /** A name of the kind of error, which does not change. */
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = 'MontyFlowError';
  }
}

export interface MontyFlowOptions {
  /** Such as http://127.0.0.1:8400. */
  baseUrl: string;
  /** What `monty-flow tokens create` printed. */
  token?: string;
  /** What sends; the global fetch unless told otherwise. */
  fetch?: typeof fetch;
}

type Query = Record<string, string | number | boolean | ReadonlyArray<string> | null | undefined>;

interface SendOptions {
  query?: Query;
  body?: unknown;
  data?: Uint8Array;
  gives?: 'json' | 'bytes' | 'nothing';
}

/** The HTTP API of monty-flow. */
export class MontyFlow {
  private readonly baseUrl: string;
  private readonly token: string | undefined;
  private readonly fetch: typeof fetch;

  constructor(options: MontyFlowOptions) {
    this.baseUrl = options.baseUrl.replace(/\/+$/, '');
    this.token = options.token;
    this.fetch = options.fetch ?? ((input, init) => fetch(input, init));
  }

  /** Store a run of a script for the workers. */
  async submitRun(body: { source: string; inputs?: Record<string, unknown>; script_name?: string; key?: string | null; limits?: Limits | null; keep_snapshots?: number | null; namespace?: string | null; queue?: string; priority?: number; concurrency_key?: string | null; tags?: Record<string, unknown>; start_at?: string | null; deadline?: string | null }): Promise<Run> {
    return this.send<Run>('POST', `/api/v1/runs`, { body });
  }

  /** List runs, the newest first. */
  async listRuns(query: { status?: Array<RunStatus> | null; script?: string | null; text?: string | null; submitted_after?: string | null; submitted_before?: string | null; tag?: Array<string> | null; namespace?: string | null; key?: string | null; queue?: string | null; limit?: number | null; cursor?: string | null } = {}): Promise<RunPage> {
    return this.send<RunPage>('GET', `/api/v1/runs`, { query });
  }

  /** Tell how many runs are in each status. */
  async countRuns(): Promise<Counts> {
    return this.send<Counts>('GET', `/api/v1/runs/counts`);
  }

  /** Tell how many runs were submitted when, by the status that they have now. */
  async countRunsOverTime(query: { seconds?: number | null } = {}): Promise<RunsOverTime> {
    return this.send<RunsOverTime>('GET', `/api/v1/runs/counts/over-time`, { query });
  }

  /** Tell the version of the server, and what the token is good for. */
  async getAbout(): Promise<About> {
    return this.send<About>('GET', `/api/v1/about`);
  }

  /** Tell that the server and its database answer. */
  async getHealth(): Promise<Health> {
    return this.send<Health>('GET', `/api/v1/health`);
  }

  /** List the workers that live. */
  async listWorkers(): Promise<Array<Worker>> {
    return this.send<Array<Worker>>('GET', `/api/v1/workers`);
  }

  /** Tell a worker to finish the calls in hand, take no more, and end. Takes a token of all namespaces. */
  async drainWorker(session: string): Promise<void> {
    return this.send<void>('POST', `/api/v1/workers/${encodeURIComponent(session)}/drain`, { gives: 'nothing' });
  }

  /** List the versions of scripts that the newest 5000 runs are of, the last used first. */
  async listScripts(): Promise<Array<ScriptUse>> {
    return this.send<Array<ScriptUse>>('GET', `/api/v1/scripts`);
  }

  /** List the functions that the newest runs called, with errors and times. */
  async listFunctions(): Promise<Array<FunctionUse>> {
    return this.send<Array<FunctionUse>>('GET', `/api/v1/functions`);
  }

  /** Return a run as a file: its script, calls, history, output and states, signed. */
  async exportRun(runId: string): Promise<Uint8Array> {
    return this.send<Uint8Array>('GET', `/api/v1/runs/${encodeURIComponent(runId)}/export`, { gives: 'bytes' });
  }

  /** Store a run of a file; workers here go on with it. Takes a token of all namespaces. */
  async importRun(data: Uint8Array): Promise<Run> {
    return this.send<Run>('POST', `/api/v1/runs/import`, { data });
  }

  /** Tell where a run stands. */
  async getRun(runId: string): Promise<Run> {
    return this.send<Run>('GET', `/api/v1/runs/${encodeURIComponent(runId)}`);
  }

  /** Delete a run that has ended, with all that is stored of it. */
  async deleteRun(runId: string): Promise<void> {
    return this.send<void>('DELETE', `/api/v1/runs/${encodeURIComponent(runId)}`, { gives: 'nothing' });
  }

  /** Tell how a run ended; with `wait_seconds` the answer waits for the end, or until it was set aside. */
  async getResult(runId: string, query: { wait_seconds?: number | null } = {}): Promise<Result> {
    return this.send<Result>('GET', `/api/v1/runs/${encodeURIComponent(runId)}/result`, { query });
  }

  /** Return the script of a run. */
  async getSource(runId: string): Promise<Source> {
    return this.send<Source>('GET', `/api/v1/runs/${encodeURIComponent(runId)}/source`);
  }

  /** List the external calls of a run in their order; `{"kept_apart_bytes": N}` stands for a large value. */
  async listCalls(runId: string, query: { after?: number | null; limit?: number | null; large?: boolean | null } = {}): Promise<Array<Call>> {
    return this.send<Array<Call>>('GET', `/api/v1/runs/${encodeURIComponent(runId)}/calls`, { query });
  }

  /** List what workers committed for a run, with timings, in order; a version may have several, at the end of a piece too. */
  async listHistory(runId: string, query: { after?: number | null; limit?: number | null } = {}): Promise<Array<History>> {
    return this.send<Array<History>>('GET', `/api/v1/runs/${encodeURIComponent(runId)}/history`, { query });
  }

  /** List what the script of a run printed. */
  async listLogs(runId: string, query: { after?: number | null; limit?: number | null } = {}): Promise<Array<LogLine>> {
    return this.send<Array<LogLine>>('GET', `/api/v1/runs/${encodeURIComponent(runId)}/logs`, { query });
  }

  /** List the runs that the script of a run has started, in their order. */
  async listChildren(runId: string): Promise<Array<Run>> {
    return this.send<Array<Run>>('GET', `/api/v1/runs/${encodeURIComponent(runId)}/children`);
  }

  /** List the steps of a run whose states are kept. */
  async listSteps(runId: string): Promise<Array<StoredStep>> {
    return this.send<Array<StoredStep>>('GET', `/api/v1/runs/${encodeURIComponent(runId)}/steps`);
  }

  /** Return the frames and variables of a run when it waited for its call of that number. */
  async getState(runId: string, step: number): Promise<State> {
    return this.send<State>('GET', `/api/v1/runs/${encodeURIComponent(runId)}/steps/${encodeURIComponent(step)}`);
  }

  /** List the variables of a run that differ between two of its steps, and where in them. */
  async diffSteps(runId: string, query: { before: number; after: number }): Promise<Array<VariableChange>> {
    return this.send<Array<VariableChange>>('GET', `/api/v1/runs/${encodeURIComponent(runId)}/diff`, { query });
  }

  /** Cancel a run: its script is told and may clean up, then it ends without a result. */
  async cancelRun(runId: string): Promise<Run> {
    return this.send<Run>('POST', `/api/v1/runs/${encodeURIComponent(runId)}/cancel`);
  }

  /** End a run at once, without asking its script. */
  async terminateRun(runId: string): Promise<Run> {
    return this.send<Run>('POST', `/api/v1/runs/${encodeURIComponent(runId)}/terminate`);
  }

  /** Hold a run: no call of it is begun until it is resumed. */
  async pauseRun(runId: string): Promise<Run> {
    return this.send<Run>('POST', `/api/v1/runs/${encodeURIComponent(runId)}/pause`);
  }

  /** Let a paused run go on from where it stands. */
  async resumeRun(runId: string): Promise<Run> {
    return this.send<Run>('POST', `/api/v1/runs/${encodeURIComponent(runId)}/resume`);
  }

  /** Let a failed or paused run go on from where it stood before the step that failed. */
  async retryRun(runId: string): Promise<Run> {
    return this.send<Run>('POST', `/api/v1/runs/${encodeURIComponent(runId)}/retry`);
  }

  /** Do something to all runs that meet the conditions; deleting takes the role admin. */
  async steerRuns(body: { action: "cancel" | "terminate" | "pause" | "resume" | "retry" | "delete"; status?: Array<RunStatus> | null; script?: string | null; text?: string | null; tags?: Record<string, unknown>; submitted_after?: string | null; submitted_before?: string | null; namespace?: string | null; queue?: string | null; dry_run?: boolean }): Promise<BulkResult> {
    return this.send<BulkResult>('POST', `/api/v1/runs/bulk`, { body });
  }

  /** Submit a run that goes on from a step of this one, with what is changed. */
  async forkRun(runId: string, body: { at?: number | null; result?: unknown; variables?: Record<string, unknown>; source?: string | null; dry_run?: boolean } = {}): Promise<Forked> {
    return this.send<Forked>('POST', `/api/v1/runs/${encodeURIComponent(runId)}/fork`, { body });
  }

  /** Let a waiting or paused run go on in another version of its script. */
  async migrateRun(runId: string, body: { source: string; dry_run?: boolean }): Promise<Forked> {
    return this.send<Forked>('POST', `/api/v1/runs/${encodeURIComponent(runId)}/migrate`, { body });
  }

  /** Send a signal to a run, for a `flow.wait_signal` of its script, now or later. */
  async sendSignal(runId: string, body: { name: string; value?: unknown; key?: string | null }): Promise<Signal> {
    return this.send<Signal>('POST', `/api/v1/runs/${encodeURIComponent(runId)}/signals`, { body });
  }

  /** List the signals that were sent to a run, in their order. */
  async listSignals(runId: string): Promise<Array<Signal>> {
    return this.send<Array<Signal>>('GET', `/api/v1/runs/${encodeURIComponent(runId)}/signals`);
  }

  /** Return what the script of a run has published last under each name. */
  async getPublished(runId: string): Promise<Record<string, unknown>> {
    return this.send<Record<string, unknown>>('GET', `/api/v1/runs/${encodeURIComponent(runId)}/published`);
  }

  /** List the calls that wait for a person's decision, the oldest first. */
  async listApprovals(): Promise<Array<Approval>> {
    return this.send<Array<Approval>>('GET', `/api/v1/approvals`);
  }

  /** Let a call that waits for a decision go on, or refuse it; the name of the token is recorded. */
  async decideCall(runId: string, number: number, body: { approved: boolean; comment?: string | null }): Promise<Approval> {
    return this.send<Approval>('POST', `/api/v1/runs/${encodeURIComponent(runId)}/calls/${encodeURIComponent(number)}/decision`, { body });
  }

  /** List the queues of which something is said or in which there is something. */
  async listQueues(): Promise<Array<Queue>> {
    return this.send<Array<Queue>>('GET', `/api/v1/queues`);
  }

  /** Say what bounds a queue from now on; what is left out has no limit. */
  async setQueue(name: string, body: { concurrency?: number | null; key_concurrency?: number | null; rate?: number | null; period_seconds?: number; max_pending?: number | null } = {}): Promise<Queue> {
    return this.send<Queue>('PUT', `/api/v1/queues/${encodeURIComponent(name)}`, { body });
  }

  /** Forget what was said of a queue: it has no limits then. */
  async deleteQueue(name: string): Promise<void> {
    return this.send<void>('DELETE', `/api/v1/queues/${encodeURIComponent(name)}`, { gives: 'nothing' });
  }

  /** Let no call of a queue be begun until it is resumed. */
  async pauseQueue(name: string): Promise<Queue> {
    return this.send<Queue>('POST', `/api/v1/queues/${encodeURIComponent(name)}/pause`);
  }

  /** Let the calls of a queue be begun again. */
  async resumeQueue(name: string): Promise<Queue> {
    return this.send<Queue>('POST', `/api/v1/queues/${encodeURIComponent(name)}/resume`);
  }

  /** List the rules by which workers delete runs that have ended; without any, runs are kept for ever. */
  async listRetention(): Promise<Array<Retention>> {
    return this.send<Array<Retention>>('GET', `/api/v1/retention`);
  }

  /** Say for how long runs are kept after they have ended: of a namespace and a status, of one of these, or of all. */
  async setRetention(body: { keep_seconds: number | null; namespace?: string | null; status?: "succeeded" | "failed" | "cancelled" | null }): Promise<Retention> {
    return this.send<Retention>('PUT', `/api/v1/retention`, { body });
  }

  /** Delete a rule, so that a more general one counts, or none. */
  async clearRetention(query: { namespace?: string | null; status?: "succeeded" | "failed" | "cancelled" | null } = {}): Promise<void> {
    return this.send<void>('DELETE', `/api/v1/retention`, { query, gives: 'nothing' });
  }

  /** List the schedules by name. */
  async listSchedules(): Promise<Array<Schedule>> {
    return this.send<Array<Schedule>>('GET', `/api/v1/schedules`);
  }

  /** Have runs of a script made at moments: of a cron expression, at intervals, or once. */
  async createSchedule(body: { source: string; name: string; inputs?: Record<string, unknown>; script_name?: string; cron?: string | null; timezone?: string; every_seconds?: number | null; at?: string | null; overlap?: Overlap; catch_up?: CatchUp; jitter_seconds?: number; paused?: boolean; queue?: string; priority?: number; namespace?: string | null }): Promise<Schedule> {
    return this.send<Schedule>('POST', `/api/v1/schedules`, { body });
  }

  /** Describe a schedule anew; its runs stay, and so do limits and tags, which are not of the description. */
  async changeSchedule(name: string, body: { source: string; inputs?: Record<string, unknown>; script_name?: string; cron?: string | null; timezone?: string; every_seconds?: number | null; at?: string | null; overlap?: Overlap; catch_up?: CatchUp; jitter_seconds?: number; paused?: boolean; queue?: string; priority?: number; namespace?: string | null }): Promise<Schedule> {
    return this.send<Schedule>('PUT', `/api/v1/schedules/${encodeURIComponent(name)}`, { body });
  }

  /** Return a schedule. */
  async getSchedule(name: string): Promise<Schedule> {
    return this.send<Schedule>('GET', `/api/v1/schedules/${encodeURIComponent(name)}`);
  }

  /** Delete a schedule; its runs stay. */
  async deleteSchedule(name: string): Promise<void> {
    return this.send<void>('DELETE', `/api/v1/schedules/${encodeURIComponent(name)}`, { gives: 'nothing' });
  }

  /** Return the script of which a schedule makes runs. */
  async getScheduleSource(name: string): Promise<Source> {
    return this.send<Source>('GET', `/api/v1/schedules/${encodeURIComponent(name)}/source`);
  }

  /** Let a schedule make no runs until it is resumed. */
  async pauseSchedule(name: string): Promise<Schedule> {
    return this.send<Schedule>('POST', `/api/v1/schedules/${encodeURIComponent(name)}/pause`);
  }

  /** Let a schedule make runs again, from its next moment on. */
  async resumeSchedule(name: string): Promise<Schedule> {
    return this.send<Schedule>('POST', `/api/v1/schedules/${encodeURIComponent(name)}/resume`);
  }

  /** Make a run of a schedule now, beside its moments. */
  async triggerSchedule(name: string): Promise<Run> {
    return this.send<Run>('POST', `/api/v1/schedules/${encodeURIComponent(name)}/trigger`);
  }

  /** Wait until a run has ended, and return how. */
  async waitForResult(runId: string): Promise<Result> {
    for (;;) {
      const result = await this.getResult(runId, { wait_seconds: 30 });
      if (result.finished || result.status === 'paused') return result;
    }
  }

  /** Follow a run until it has ended; `after` is the `seq` of the last line that is known. */
  async *events(runId: string, options: { after?: number; signal?: AbortSignal } = {}): AsyncGenerator<RunEvent> {
    const query = { after: options.after };
    const path = `/api/v1/runs/${encodeURIComponent(runId)}/events`;
    const response = await this.answer('GET', path, { query }, 'text/event-stream', options.signal);
    if (!response.body) return;
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = '';
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        const blocks = (rest + value).split('\n\n');
        rest = blocks.pop() ?? '';
        for (const block of blocks) {
          const event = parseEvent(block);
          if (event) yield event;
          if (event?.event === 'end') return;
        }
      }
    } finally {
      await reader.cancel();
    }
  }

  private async send<T>(method: string, path: string, options: SendOptions = {}): Promise<T> {
    const response = await this.answer(method, path, options, 'application/json');
    switch (options.gives) {
      case 'nothing':
        return undefined as T;
      case 'bytes':
        return new Uint8Array(await response.arrayBuffer()) as T;
      default:
        return (await response.json()) as T;
    }
  }

  private async answer(
    method: string,
    path: string,
    options: SendOptions,
    accept: string,
    signal?: AbortSignal,
  ): Promise<Response> {
    const url = new URL(this.baseUrl + path);
    for (const [name, value] of Object.entries(options.query ?? {})) {
      if (value === null || value === undefined) continue;
      for (const each of Array.isArray(value) ? value : [value]) url.searchParams.append(name, String(each));
    }
    const headers: Record<string, string> = { Accept: accept };
    if (this.token !== undefined) headers['Authorization'] = `Bearer ${this.token}`;
    const init: RequestInit = { method, headers };
    if (options.body !== undefined) {
      headers['Content-Type'] = 'application/json';
      init.body = JSON.stringify(options.body);
    } else if (options.data !== undefined) {
      headers['Content-Type'] = 'application/octet-stream';
      init.body = options.data as BodyInit;
    }
    if (signal) init.signal = signal;
    const response = await this.fetch(url, init);
    if (response.ok) return response;
    const told = (await response.json().catch(() => null)) as ErrorBody | null;
    throw new MontyFlowError(
      response.status,
      told?.error.code ?? 'unknown',
      told?.error.message ?? `the server answered ${response.status}`,
    );
  }
}

function parseEvent(block: string): RunEvent | null {
  let event = '';
  let data = '';
  for (const line of block.split('\n')) {
    if (line.startsWith('event: ')) event = line.slice(7);
    else if (line.startsWith('data: ')) data += line.slice(6);
  }
  switch (event) {
    case 'run':
    case 'end':
      return { event, run: JSON.parse(data) as Run };
    case 'log':
      return { event, line: JSON.parse(data) as LogLine };
    default:
      return null;
  }
}
