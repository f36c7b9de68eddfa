/** Everything the agent tells its clients unasked: one union. */
import { z } from 'zod'
import { destinationIdSchema, jobIdSchema, runIdSchema, setIdSchema } from './ids.ts'
import { proofLevelSchema } from './proof.ts'
import { progressSchema, runRecordSchema } from './run.ts'
import { summarySchema } from './summary.ts'

export const agentEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('run.started'), run: runRecordSchema }),
  z.object({ type: z.literal('run.progress'), progress: progressSchema }),
  z.object({ type: z.literal('run.finished'), run: runRecordSchema }),
  z.object({ type: z.literal('set.published'), set: setIdSchema, destination: destinationIdSchema }),
  z.object({
    type: z.literal('set.proven'),
    set: setIdSchema,
    destination: destinationIdSchema,
    level: proofLevelSchema,
    ok: z.boolean(),
  }),
  z.object({ type: z.literal('set.removed'), set: setIdSchema, destination: destinationIdSchema }),
  z.object({ type: z.literal('light.changed'), summary: summarySchema }),
  z.object({ type: z.literal('job.changed'), job: jobIdSchema }),
  z.object({ type: z.literal('destination.changed'), destination: destinationIdSchema }),
  z.object({ type: z.literal('agent.state'), state: z.enum(['ready', 'stopping']), run: runIdSchema.optional() }),
])
export type AgentEvent = z.infer<typeof agentEventSchema>
