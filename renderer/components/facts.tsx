/** A row of facts: a small term, a bold value, and a state mark where the fact has a state. */
import type { ReactElement, ReactNode } from 'react'
import { StateMark, type MarkState } from './state-mark.tsx'

export interface Fact {
  readonly name: string
  readonly value: ReactNode
  readonly state?: MarkState | undefined
}

export function Facts({ facts }: { readonly facts: readonly Fact[] }): ReactElement {
  return (
    <dl className="facts why">
      {facts.map((fact) => (
        <div key={fact.name}>
          <dt>
            {fact.state !== undefined && <StateMark state={fact.state} size={12} />}
            {fact.name}
          </dt>
          <dd {...(typeof fact.value === 'string' ? { title: fact.value } : {})}>{fact.value}</dd>
        </div>
      ))}
    </dl>
  )
}
