/** The wire: newline-delimited JSON frames between a client and the agent, their bounds, and the mutual challenge. */
import { z } from 'zod'
import { agentEventSchema } from './event.ts'
import { errorDataSchema, type ErrorData } from './error.ts'

/** Raised with every change that an older peer would misread. */
export const PROTOCOL = 1

/** One frame, in bytes, newline included (faults.md U03). */
export const MAX_FRAME_BYTES = 1024 * 1024

/** In which a browser's page sends its token with every call (electron/agent/http-session.ts). */
export const PAGE_TOKEN_HEADER = 'x-sitekeep-token'

const nonceSchema = z.string().regex(/^[0-9a-f]{64}$/)

/**
 * Handshake, each side proving that it can read the token file without sending it:
 * client `hello{nonce: c}` → agent `challenge{nonce: s, proof: HMAC(token, "agent" + c)}` → client `answer{proof: HMAC(token, "client" + s)}` → agent `welcome`.
 */
export const clientFrameSchema = z.discriminatedUnion('t', [
  z.object({
    t: z.literal('hello'),
    protocol: z.number(),
    nonce: nonceSchema,
    role: z.enum(['administrator', 'viewer']),
    client: z.string().max(40),
  }),
  z.object({ t: z.literal('answer'), proof: nonceSchema }),
  z.object({ t: z.literal('call'), id: z.number().int().min(1), method: z.string().max(60), params: z.unknown() }),
  z.object({ t: z.literal('subscribe') }),
])
export type ClientFrame = z.infer<typeof clientFrameSchema>

export const agentFrameSchema = z.discriminatedUnion('t', [
  z.object({ t: z.literal('challenge'), nonce: nonceSchema, proof: nonceSchema, version: z.string() }),
  z.object({ t: z.literal('welcome') }),
  z.object({ t: z.literal('refused'), error: errorDataSchema }),
  z.object({
    t: z.literal('reply'),
    id: z.number(),
    result: z.discriminatedUnion('ok', [
      z.object({ ok: z.literal(true), value: z.unknown() }),
      z.object({ ok: z.literal(false), error: errorDataSchema }),
    ]),
  }),
  z.object({ t: z.literal('event'), event: agentEventSchema }),
])
export type AgentFrame = z.infer<typeof agentFrameSchema>

/** An error that came over the wire, thrown again at the caller's side. */
export class CallError extends Error {
  readonly data: ErrorData
  constructor(data: ErrorData) {
    super(data.message)
    this.name = 'CallError'
    this.data = data
  }
}
