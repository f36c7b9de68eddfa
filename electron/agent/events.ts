/** Tells everything that happens to whoever listens: connected clients, windows, the summary. */
import { agentEventSchema, type AgentEvent } from '../contract/event.ts'
import { redactData } from '../engine/redact-data.ts'
import type { Redactor } from '../engine/secret.ts'

export type EventListener = (event: AgentEvent) => void

export interface EventBus {
  /** Every listener gets the same cleaned event; one that throws is dropped and does not keep the others from theirs. */
  emit(event: AgentEvent): void
  /** Returns how to stop listening. */
  subscribe(listener: EventListener): () => void
}

export function createEventBus(redactor: Redactor, onListenerError: (error: unknown) => void): EventBus {
  const listeners = new Set<EventListener>()
  return {
    emit: (event) => {
      const clean = redactData(event, agentEventSchema, redactor)
      for (const listener of [...listeners]) {
        try {
          listener(clean)
        } catch (error) {
          listeners.delete(listener)
          onListenerError(error)
        }
      }
    },
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
