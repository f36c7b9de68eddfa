/** The five states as shape, colour and word together: never colour alone. */
import type { ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import type { Outcome } from '../../electron/contract/run.ts'
import type { Light } from '../../electron/contract/summary.ts'

export const markStates = ['good', 'running', 'attention', 'failed', 'unknown', 'info'] as const
export type MarkState = (typeof markStates)[number]

const shapes: Readonly<Record<MarkState, ReactElement>> = {
  good: (
    <path
      fillRule="evenodd"
      d="M8 .75a7.25 7.25 0 1 1 0 14.5a7.25 7.25 0 0 1 0-14.5zM4.3 8.35l2.5 2.5 4.95-4.95-1-1L6.8 8.85 5.3 7.35z"
    />
  ),
  running: (
    <>
      <path d="M8 1.7A6.3 6.3 0 1 1 1.7 8" fill="none" stroke="currentColor" strokeWidth="1.7" strokeLinecap="round" />
      <path d="M6.4 5.2 11 8l-4.6 2.8z" />
    </>
  ),
  attention: (
    <path
      fillRule="evenodd"
      d="M8.9 1.3 15.4 13c.4.7-.1 1.6-.9 1.6H1.5c-.8 0-1.3-.9-.9-1.6L7.1 1.3c.4-.7 1.4-.7 1.8 0zM7.3 5.2v4.6h1.4V5.2zM8 11a.95.95 0 1 0 0 1.9a.95.95 0 0 0 0-1.9z"
    />
  ),
  failed: (
    <path
      fillRule="evenodd"
      d="M5 .75h6L15.25 5v6L11 15.25H5L.75 11V5zM5.6 4.5 4.5 5.6 6.9 8l-2.4 2.4 1.1 1.1L8 9.1l2.4 2.4 1.1-1.1L9.1 8l2.4-2.4-1.1-1.1L8 6.9z"
    />
  ),
  info: (
    <path
      fillRule="evenodd"
      d="M8 .75a7.25 7.25 0 1 1 0 14.5A7.25 7.25 0 0 1 8 .75zM7.3 7v4.8h1.4V7zM8 4a.95.95 0 1 0 0 1.9A.95.95 0 0 0 8 4z"
    />
  ),
  unknown: (
    <>
      <circle cx="8" cy="8" r="6.5" fill="none" stroke="currentColor" strokeWidth="1.4" strokeDasharray="3 2.1" />
      <path d="M6.1 6.4C6.1 5.2 7 4.5 8 4.5s1.9.7 1.9 1.8c0 .9-.6 1.3-1.1 1.7-.3.2-.3.4-.3.9H7.4c0-.9.2-1.4.8-1.8.4-.3.6-.5.6-.8 0-.4-.3-.7-.8-.7s-.8.3-.8.8zM7.3 9.8h1.3v1.4H7.3z" />
    </>
  ),
}

interface Props {
  readonly state: MarkState
  readonly size?: 12 | 16 | 20 | 32 | 40
  /** Instead of the state's own word; empty where the word stands beside it. */
  readonly label?: string
}

export function StateMark({ state, size = 16, label }: Props): ReactElement {
  const { t } = useTranslation()
  const words = label ?? t(`state.mark.${state}`)
  const text = words === '' ? { 'aria-hidden': true } : { 'role': 'img', 'aria-label': words }
  return (
    <span className={`st ${state} s${size}`} {...text}>
      <svg viewBox="0 0 16 16" fill="currentColor" focusable="false">
        {shapes[state]}
      </svg>
    </span>
  )
}

/** How a light looks; a service that does not answer makes any light unknown. */
export function markOfLight(light: Light, isLive: boolean): MarkState {
  if (!isLive) return 'unknown'
  return light === 'idle' ? 'unknown' : light
}

export function markOfOutcome(outcome: Outcome | undefined): MarkState {
  switch (outcome) {
    case undefined:
      return 'running'
    case 'good':
    case 'failed':
      return outcome
    case 'warning':
      return 'attention'
    case 'cancelled':
      return 'unknown'
  }
}
