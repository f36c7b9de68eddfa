/** The one value behind the light: tray, window and command line show it and never compute their own. */
import { z } from 'zod'
import { destinationKinds } from './destination.ts'
import { detailSchema, errorCodeSchema } from './error.ts'
import { destinationIdSchema, jobIdSchema, runIdSchema, setIdSchema } from './ids.ts'
import { proofLevelSchema } from './proof.ts'
import { outcomeSchema, progressSchema, runKindSchema } from './run.ts'
import { sourceKinds } from './source.ts'

const momentSchema = z.iso.datetime({ offset: true })

export const lights = ['good', 'attention', 'failed', 'idle'] as const
export const lightSchema = z.enum(lights)
export type Light = z.infer<typeof lightSchema>

/** Why a job's light is what it is; words lie in messages. Listed worst first. */
export const reasonCodes = [
  'never-proven',
  'never-run',
  'last-run-failed',
  'missing',
  'overdue',
  'damaged',
  'destination-unreachable',
  'agent-interrupted',
  'not-covered',
  'last-run-warning',
  'suspicious',
  'proof-old',
  'not-looked-at',
  'paused',
  'no-schedule',
  'disabled',
  'proven',
] as const
export const reasonSchema = z.object({ code: z.enum(reasonCodes), detail: detailSchema })
export type Reason = z.infer<typeof reasonSchema>

export const nightStates = ['restored', 'matched', 'stored', 'failed', 'missed', 'none'] as const

export const jobSummarySchema = z.object({
  job: jobIdSchema,
  name: z.string(),
  slug: z.string(),
  enabled: z.boolean(),
  kinds: z.array(z.enum(sourceKinds)),
  light: lightSchema,
  reasons: z.array(reasonSchema),
  /** The newest set that is matched at some enabled destination. */
  newest: z
    .object({ set: setIdSchema, at: momentSchema, proof: proofLevelSchema, destination: destinationIdSchema })
    .optional(),
  /** When the content of that set was last proven. */
  provenAt: momentSchema.optional(),
  nextRun: momentSchema.optional(),
  /** Minutes: promised, and the age now. */
  rpo: z.object({ promisedMinutes: z.number(), ageMinutes: z.number().optional() }),
  /** Minutes promised; seconds measured in the newest restore or restore test. */
  rto: z.object({ promisedMinutes: z.number(), measuredSeconds: z.number().optional() }),
  lastRun: z.object({ run: runIdSchema, outcome: outcomeSchema, at: momentSchema, seconds: z.number() }).optional(),
  running: z.object({ run: runIdSchema, kind: runKindSchema, progress: progressSchema.optional() }).optional(),
  /** Stored bytes of the last 24 full sets, oldest first. */
  sizes: z.array(z.number()),
  /** One entry per local day, oldest first, 84 days. */
  nights: z.array(z.object({ day: z.string().regex(/^\d{4}-\d{2}-\d{2}$/), state: z.enum(nightStates) })),
})
export type JobSummary = z.infer<typeof jobSummarySchema>

export const destinationSummarySchema = z.object({
  id: destinationIdSchema,
  name: z.string(),
  kind: z.enum(destinationKinds),
  path: z.string(),
  enabled: z.boolean(),
  /** False also where nobody has looked yet. */
  reachable: z.boolean(),
  /** When the place was last looked at, or a run was there; absent where neither has been since the service started. */
  lookedAt: momentSchema.optional(),
  errorCode: errorCodeSchema.optional(),
  freeBytes: z.number().optional(),
  totalBytes: z.number().optional(),
  sets: z.number(),
  bytes: z.number(),
})
export type DestinationSummary = z.infer<typeof destinationSummarySchema>

export const summarySchema = z.object({
  at: momentSchema,
  light: lightSchema,
  jobs: z.array(jobSummarySchema),
  destinations: z.array(destinationSummarySchema),
  agent: z.object({
    version: z.string(),
    startedAt: momentSchema,
    hostname: z.string(),
    home: z.string(),
    mode: z.enum(['agent', 'command']),
  }),
  /** Notices about the state itself: a catalog rebuilt, a jobs file mended from its last good copy. */
  notices: z.array(z.object({ code: z.string().regex(/^[a-z]+(-[a-z]+)*$/), detail: detailSchema })),
})
export type Summary = z.infer<typeof summarySchema>
