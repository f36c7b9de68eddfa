/** The old task that a job takes the place of: enough to find it again, to switch it off, and to give it back. */
import { z } from 'zod'

const pathSchema = z.string().min(1).max(4096)

export const oldTaskSchema = z.discriminatedUnion('kind', [
  /** Its path in the Task Scheduler, such as `\Backup\nightly`. */
  z.object({
    kind: z.literal('task-scheduler'),
    name: z
      .string()
      .min(1)
      .max(300)
      .regex(/^[^\u0000-\u001f"]+$/, 'expected the path of a task'),
  }),
  /** One line of a crontab, by its SHA-256: the line itself may hold a password. Without a file, the crontab of the service's user. */
  z.object({
    kind: z.literal('crontab'),
    file: pathSchema.optional(),
    lineSha256: z.string().regex(/^[0-9a-f]{64}$/),
  }),
  z.object({
    kind: z.literal('systemd'),
    unit: z
      .string()
      .max(255)
      .regex(/^[A-Za-z0-9][\w:.@\\-]*\.timer$/, 'expected the name of a timer'),
  }),
])
export type OldTaskRef = z.infer<typeof oldTaskSchema>

export const replacesSchema = z.object({
  task: oldTaskSchema,
  /** As a person knows it. */
  name: z.string().min(1).max(300),
  /** Since when it is switched off by us; absent while it still runs beside the job. */
  retiredAt: z.iso.datetime({ offset: true }).optional(),
  /** Where the crontab lies as it was before its line was switched off. */
  copy: pathSchema.optional(),
})
export type Replaces = z.infer<typeof replacesSchema>
