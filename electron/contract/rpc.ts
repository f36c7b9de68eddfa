/** The only file in which a method's name is written: what a client may ask of the agent, and what it gets. */
import { z } from 'zod'
import { destinationSchema, probeReportSchema } from './destination.ts'
import { destinationIdSchema, runIdSchema, setIdSchema } from './ids.ts'
import { backupTypeSchema, jobDraftSchema, jobSchema } from './job.ts'
import { keepSchema } from './keep.ts'
import { verifyLevelSchema } from './proof.ts'
import { restorePlanSchema, restoreRequestSchema, setRefSchema } from './restore.ts'
import { retentionPlanSchema } from './retention.ts'
import { runKindSchema, runRecordSchema } from './run.ts'
import { setDetailSchema, setInfoSchema } from './set.ts'
import { scheduleSchema } from './schedule.ts'
import { sourceDraftSchema, sourceReportSchema } from './source.ts'
import { outcomeSchema } from './run.ts'
import { summarySchema } from './summary.ts'
import { taskFileSchema, taskImportSchema } from './task-import.ts'

/** `administrator` acts, `viewer` looks (DESIGN §2). */
export type Role = 'administrator' | 'viewer'

interface MethodDefinition {
  readonly role: Role
  readonly params: z.ZodType
  readonly result: z.ZodType
}

const nothing = z.object({})
const done = z.object({})
/** A job by id, name or slug. */
const jobRefSchema = z.string().min(1).max(80)
const started = z.object({ run: runIdSchema })

export const logLineSchema = z.object({
  /** Empty for a torn line. */
  at: z.union([z.iso.datetime({ offset: true }), z.literal('')]),
  level: z.enum(['debug', 'info', 'warn', 'error']),
  text: z.string(),
})
export type LogLine = z.infer<typeof logLineSchema>

export const methods = {
  'agent.info': {
    role: 'viewer',
    params: nothing,
    result: z.object({
      version: z.string(),
      protocol: z.number(),
      pid: z.number(),
      home: z.string(),
      http: z.string().optional(),
    }),
  },
  'agent.stop': { role: 'administrator', params: nothing, result: done },
  'agent.webLink': { role: 'administrator', params: nothing, result: z.object({ url: z.string() }) },
  'status': {
    role: 'viewer',
    params: z.object({
      job: jobRefSchema.optional(),
      /** Wait, up to five seconds, for a look at the destinations that nobody has looked at lately. */
      look: z.boolean().default(false),
    }),
    result: summarySchema,
  },

  'job.list': { role: 'viewer', params: nothing, result: z.array(jobSchema) },
  'job.show': { role: 'viewer', params: z.object({ job: jobRefSchema }), result: jobSchema },
  'job.add': { role: 'administrator', params: z.object({ draft: jobDraftSchema }), result: jobSchema },
  /**
   * All that `job.add` or, with `job`, `job.edit` would check, and changes nothing. `places` are folders that are to become destinations:
   * a new one gets a marker the moment it is added, so everything else is checked before.
   */
  'job.check': {
    role: 'administrator',
    params: z.object({
      job: jobRefSchema.optional(),
      draft: jobDraftSchema.extend({ destinations: z.array(destinationIdSchema).max(20) }),
      places: z.array(z.string().min(1).max(4096)).max(20),
    }),
    result: done,
  },
  'job.edit': {
    role: 'administrator',
    params: z.object({ job: jobRefSchema, draft: jobDraftSchema }),
    result: jobSchema,
  },
  'job.remove': { role: 'administrator', params: z.object({ job: jobRefSchema }), result: done },
  'job.enable': {
    role: 'administrator',
    params: z.object({ job: jobRefSchema, enabled: z.boolean() }),
    result: jobSchema,
  },
  /** Lets nothing begin by itself, in one job or in all: for so many minutes, until tomorrow's first minute, or until it is resumed. */
  'job.pause': {
    role: 'administrator',
    params: z.object({
      job: jobRefSchema.optional(),
      length: z.union([
        z
          .number()
          .int()
          .min(1)
          .max(366 * 24 * 60),
        z.enum(['tomorrow', 'until-resumed']),
      ]),
    }),
    result: z.array(jobSchema),
  },
  'job.resume': {
    role: 'administrator',
    params: z.object({ job: jobRefSchema.optional() }),
    result: z.array(jobSchema),
  },
  'job.preview': {
    role: 'viewer',
    params: scheduleSchema,
    result: z.object({ next: z.array(z.object({ type: backupTypeSchema, at: z.string() })) }),
  },
  'source.test': { role: 'administrator', params: z.object({ source: sourceDraftSchema }), result: sourceReportSchema },

  'destination.list': { role: 'viewer', params: nothing, result: z.array(destinationSchema) },
  'destination.add': {
    role: 'administrator',
    params: z.object({
      name: z.string().min(1).max(80).optional(),
      kind: z.literal('folder'),
      path: z.string().min(1).max(4096),
      adopt: z.boolean().default(false),
    }),
    result: destinationSchema,
  },
  'destination.test': {
    role: 'administrator',
    params: z.object({ destination: z.string().max(4096) }),
    result: probeReportSchema,
  },
  'destination.remove': {
    role: 'administrator',
    params: z.object({ destination: z.string().max(4096) }),
    result: done,
  },
  /** Makes the place's marker anew, or takes over a place whose id or generation is not the known one, after the user said so. */
  'destination.adopt': {
    role: 'administrator',
    params: z.object({ destination: z.string().max(4096) }),
    result: z.object({ sets: z.number(), jobs: z.number() }),
  },

  'backup.start': {
    role: 'administrator',
    params: z.object({ job: jobRefSchema, type: backupTypeSchema.default('full') }),
    result: started,
  },
  /** What a clean-up would remove now, what it would keep, and why; of a policy that is not saved too. */
  'cleanup.preview': {
    role: 'viewer',
    params: z.object({ job: jobRefSchema, keep: keepSchema.optional() }),
    result: z.array(retentionPlanSchema),
  },
  'cleanup.start': { role: 'administrator', params: z.object({ job: jobRefSchema }), result: started },
  'verify.start': {
    role: 'administrator',
    params: z.object({
      set: setRefSchema,
      level: verifyLevelSchema.default('match'),
      destination: destinationIdSchema.optional(),
    }),
    result: started,
  },
  'restore.plan': { role: 'viewer', params: restoreRequestSchema, result: restorePlanSchema },
  'restore.start': { role: 'administrator', params: restoreRequestSchema, result: started },

  /** Takes a restore in place back; so a second undo takes the first one back. */
  'restore.undo': { role: 'administrator', params: z.object({ run: runIdSchema }), result: started },

  'run.cancel': { role: 'administrator', params: z.object({ run: runIdSchema }), result: done },
  /** Answers when the run has finished; the run's own outcome says how. */
  'run.wait': { role: 'viewer', params: z.object({ run: runIdSchema }), result: runRecordSchema },
  'run.show': { role: 'viewer', params: z.object({ run: runIdSchema }), result: runRecordSchema },
  'run.list': {
    role: 'viewer',
    params: z.object({
      job: jobRefSchema.optional(),
      kind: runKindSchema.optional(),
      outcome: outcomeSchema.optional(),
      limit: z.number().int().min(1).max(500).default(100),
      offset: z.number().int().min(0).default(0),
    }),
    result: z.object({ total: z.number(), runs: z.array(runRecordSchema) }),
  },
  'run.log': {
    role: 'viewer',
    params: z.object({
      run: runIdSchema,
      offset: z.number().int().min(0).default(0),
      limit: z.number().int().min(1).max(2000).default(1000),
    }),
    result: z.object({ lines: z.array(logLineSchema), next: z.number(), finished: z.boolean() }),
  },

  'set.list': {
    role: 'viewer',
    params: z.object({
      job: jobRefSchema.optional(),
      limit: z.number().int().min(1).max(1000).default(500),
      offset: z.number().int().min(0).default(0),
    }),
    result: z.object({ total: z.number(), sets: z.array(setInfoSchema) }),
  },
  'set.show': {
    role: 'viewer',
    params: z.object({ set: setRefSchema, destination: destinationIdSchema.optional() }),
    result: setDetailSchema,
  },
  /** What lies in a set, file by file, as a restore would name it. */
  'set.files': {
    role: 'viewer',
    params: z.object({
      set: setRefSchema,
      destination: destinationIdSchema.optional(),
      /** As a restore's `only`. */
      only: z.string().min(1).max(4096).optional(),
      limit: z.number().int().min(1).max(5000).default(1000),
      offset: z.number().int().min(0).default(0),
    }),
    result: z.object({
      set: setIdSchema,
      at: z.string(),
      files: z.array(z.object({ source: z.string(), path: z.string(), bytes: z.number() })),
      isMore: z.boolean(),
    }),
  },
  'set.pin': {
    role: 'administrator',
    params: z.object({ set: setRefSchema, pinned: z.boolean() }),
    result: setInfoSchema.pick({ id: true, at: true }),
  },

  /** Proposes jobs for old tasks: those in files, those of this computer (`system`), or both. Changes nothing. */
  'tasks.read': {
    role: 'administrator',
    params: z.object({ files: z.array(taskFileSchema).max(200).default([]), system: z.boolean().default(false) }),
    result: taskImportSchema,
  },
  /** Switches the old task off that the job replaces; refused before its data is matched at all its places. */
  'tasks.retire': { role: 'administrator', params: z.object({ job: jobRefSchema }), result: jobSchema },
  'tasks.giveBack': { role: 'administrator', params: z.object({ job: jobRefSchema }), result: jobSchema },

  'secret.list': {
    role: 'administrator',
    params: nothing,
    result: z.array(z.object({ name: z.string(), updatedAt: z.string() })),
  },
  /** The one message that carries a secret inwards; no method carries one out. */
  'secret.set': {
    role: 'administrator',
    // The name is judged where it is stored, in words that say what a name may be.
    params: z.object({ name: z.string().max(200), value: z.string().min(1).max(65_536) }),
    result: done,
  },
  'secret.remove': { role: 'administrator', params: z.object({ name: z.string().max(80) }), result: done },
} as const satisfies Record<string, MethodDefinition>

export type MethodName = keyof typeof methods
export const methodNames = Object.keys(methods) as readonly MethodName[]

/** What a caller hands in, and what the handler sees after defaults were filled in. */
export type ParamsIn<M extends MethodName> = z.input<(typeof methods)[M]['params']>
export type ParamsOut<M extends MethodName> = z.output<(typeof methods)[M]['params']>
export type ResultOf<M extends MethodName> = z.output<(typeof methods)[M]['result']>

/** One call signature for every client: socket, HTTP and preload. Rejects with a `CallError`. */
export type Call = <M extends MethodName>(method: M, params: ParamsIn<M>) => Promise<ResultOf<M>>
