/** What few people need, behind one line until it is asked for. */
import type { ReactElement, ReactNode } from 'react'

export function Folded({ title, children }: { readonly title: string; readonly children: ReactNode }): ReactElement {
  return (
    <details className="folded">
      <summary>{title}</summary>
      <div className="col gap3">{children}</div>
    </details>
  )
}
