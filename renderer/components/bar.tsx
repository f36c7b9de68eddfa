/** Bars: progress of a run (a real progress bar), and the filled part of a place (a picture with words). */
import type { CSSProperties, ReactElement } from 'react'

interface Props {
  /** 0…1; undefined where nobody knows how much there is. */
  readonly fraction: number | undefined
  readonly label: string
  readonly thick?: boolean
}

function widthOf(fraction: number): CSSProperties {
  return { '--v': `${Math.min(1, Math.max(0, fraction)) * 100}%` } as CSSProperties
}

export function ProgressLine({ fraction, label, thick = false }: Props): ReactElement {
  return (
    <div
      className={`bar${thick ? ' thick' : ''}${fraction === undefined ? ' open' : ''}`}
      style={widthOf(fraction ?? 1)}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      {...(fraction === undefined ? {} : { 'aria-valuenow': Math.round(fraction * 100) })}
    />
  )
}

export function FillLine({ fraction, label }: { readonly fraction: number; readonly label: string }): ReactElement {
  return <div className="bar plain" style={widthOf(fraction)} role="img" aria-label={label} title={label} />
}
