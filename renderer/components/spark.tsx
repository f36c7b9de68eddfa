/** The trend of a job's stored size as a small line. */
import type { ReactElement } from 'react'

const WIDTH = 88
const HEIGHT = 20
const INSET = 3

function points(sizes: readonly number[]): readonly (readonly [number, number])[] {
  const low = Math.min(...sizes)
  const span = Math.max(...sizes) - low
  const step = sizes.length < 2 ? 0 : (WIDTH - 2 * INSET) / (sizes.length - 1)
  return sizes.map((size, index) => {
    const height = span === 0 ? 0.5 : (size - low) / span
    return [INSET + index * step, HEIGHT - INSET - height * (HEIGHT - 2 * INSET)]
  })
}

export function Spark({ sizes, label }: { readonly sizes: readonly number[]; readonly label: string }): ReactElement {
  const line = points(sizes)
  const last = line.at(-1)
  return (
    <svg className="spark" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label}>
      <polyline points={line.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ')} />
      {last !== undefined && <circle cx={last[0]} cy={last[1]} r="2.25" />}
    </svg>
  )
}
