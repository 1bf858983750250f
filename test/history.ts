/** Builds the event history a Temporal server would have written, so that a workflow can be replayed without one. */
export interface History {
  readonly events: readonly Record<string, unknown>[];
}

const START = Date.parse('2026-01-01T00:00:00Z');
/** Between two events; far below every deadline, so that only a timer's firing makes time pass. */
const STEP_MILLISECONDS = 10;
const RUN_ID = '00000000-0000-4000-8000-000000000000';
const queue = { taskQueue: { name: 'test' } };

/**
 * Reads from top to bottom like the life it tells of. What a workflow commands (`schedules`, timers, search
 * attributes) comes before what the world answers.
 */
export class HistoryBuilder {
  readonly #events: Record<string, unknown>[] = [];
  readonly #timers: { readonly eventId: number; readonly milliseconds: number }[] = [];
  #now = START;
  #taskCompleted = 0;
  #activities = 0;
  #updates = 0;
  #updateAccepted = 0;
  #long = false;

  constructor(workflowType: string, input: unknown) {
    this.#add('WorkflowExecutionStarted', {
      workflowType: { name: workflowType },
      ...queue,
      input: payloads(input),
      workflowTaskTimeout: '10s',
      originalExecutionRunId: RUN_ID,
      firstExecutionRunId: RUN_ID,
      attempt: 1,
    });
    this.#runTask();
  }

  /** Scheduled, run and answered. */
  activity(type: string, result?: unknown): this {
    const { scheduledEventId, startedEventId } = this.#startActivity(type);
    this.#add('ActivityTaskCompleted', {
      scheduledEventId,
      startedEventId,
      ...(result === undefined ? {} : { result: payloads(result) }),
    });
    this.#runTask();
    return this;
  }

  upsertsSearchAttributes(): this {
    this.#add('UpsertWorkflowSearchAttributes', {
      workflowTaskCompletedEventId: this.#taskCompleted,
      searchAttributes: { indexedFields: {} },
    });
    return this;
  }

  startsTimer(milliseconds: number): this {
    const timerId = String(this.#timers.length + 1);
    const eventId = this.#add('TimerStarted', {
      timerId,
      startToFireTimeout: `${milliseconds / 1_000}s`,
      workflowTaskCompletedEventId: this.#taskCompleted,
    });
    this.#timers.push({ eventId, milliseconds });
    return this;
  }

  timerFires(): this {
    const timer = this.#timers.at(-1);
    this.#now += timer?.milliseconds ?? 0;
    this.#add('TimerFired', { timerId: String(this.#timers.length), startedEventId: timer?.eventId });
    this.#runTask();
    return this;
  }

  timerCancelled(): this {
    this.#add('TimerCanceled', {
      timerId: String(this.#timers.length),
      startedEventId: this.#timers.at(-1)?.eventId,
      workflowTaskCompletedEventId: this.#taskCompleted,
    });
    return this;
  }

  signal(signalName: string, argument: unknown): this {
    this.#add('WorkflowExecutionSignaled', { signalName, input: payloads(argument) });
    this.#runTask();
    return this;
  }

  /** An update whose handler commands nothing between its acceptance and its answer. */
  update(name: string, argument: unknown, result: unknown): this {
    return this.acceptsUpdate(name, argument).completesUpdate(result);
  }

  acceptsUpdate(name: string, argument: unknown): this {
    this.#runTask();
    this.#updates += 1;
    const { updateId, meta } = this.#update();
    this.#updateAccepted = this.#add('WorkflowExecutionUpdateAccepted', {
      protocolInstanceId: updateId,
      acceptedRequestMessageId: `${updateId}/request`,
      acceptedRequestSequencingEventId: this.#taskCompleted - 2,
      acceptedRequest: { meta, input: { name, args: payloads(argument) } },
    });
    return this;
  }

  completesUpdate(result: unknown): this {
    const { meta } = this.#update();
    const outcome = { success: payloads(result) };
    this.#add('WorkflowExecutionUpdateCompleted', { meta, acceptedEventId: this.#updateAccepted, outcome });
    return this;
  }

  cancelRequested(): this {
    this.#add('WorkflowExecutionCancelRequested', {});
    this.#runTask();
    return this;
  }

  /** From here on the server suggests a fresh run. */
  becomesLong(): this {
    this.#long = true;
    return this;
  }

  ends(how: 'Completed' | 'Failed' | 'Canceled' | 'ContinuedAsNew'): History {
    const detail = how === 'Failed' ? { failure: { message: 'x' } } : {};
    this.#add(`WorkflowExecution${how}`, { workflowTaskCompletedEventId: this.#taskCompleted, ...detail });
    return this.soFar();
  }

  /** The history of a workflow that is still open. */
  soFar(): History {
    return { events: this.#events };
  }

  #update(): { readonly updateId: string; readonly meta: object } {
    const updateId = `update-${this.#updates}`;
    return { updateId, meta: { updateId, identity: 'test' } };
  }

  #startActivity(type: string): { readonly scheduledEventId: number; readonly startedEventId: number } {
    this.#activities += 1;
    const scheduledEventId = this.#add('ActivityTaskScheduled', {
      activityId: String(this.#activities),
      activityType: { name: type },
      ...queue,
      workflowTaskCompletedEventId: this.#taskCompleted,
    });
    return { scheduledEventId, startedEventId: this.#add('ActivityTaskStarted', { scheduledEventId, attempt: 1 }) };
  }

  #runTask(): void {
    const scheduledEventId = this.#add('WorkflowTaskScheduled', { ...queue, startToCloseTimeout: '10s', attempt: 1 });
    const startedEventId = this.#add('WorkflowTaskStarted', {
      scheduledEventId,
      requestId: 'r',
      identity: 'test',
      suggestContinueAsNew: this.#long,
    });
    this.#taskCompleted = this.#add('WorkflowTaskCompleted', { scheduledEventId, startedEventId, identity: 'test' });
  }

  #add(type: string, attributes: Record<string, unknown>): number {
    const id = this.#events.length + 1;
    this.#now += STEP_MILLISECONDS;
    const field = `${type[0]?.toLowerCase()}${type.slice(1)}EventAttributes`;
    this.#events.push({
      eventId: String(id),
      taskId: String(id),
      eventTime: new Date(this.#now).toISOString(),
      eventType: `EVENT_TYPE_${type.replaceAll(/(?<!^)([A-Z])/g, '_$1').toUpperCase()}`,
      [field]: Object.fromEntries(
        Object.entries(attributes).map(([key, value]) => [
          key,
          typeof value === 'number' && key.endsWith('EventId') ? String(value) : value,
        ]),
      ),
    });
    return id;
  }
}

function payloads(value: unknown) {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  return { payloads: [{ metadata: { encoding: base64('json/plain') }, data: base64(JSON.stringify(value)) }] };
}
