/** How long to keep, how to prove and store, and what is promised: the parts that a preset has answered already. */
import { Checkbox, Radio, RadioGroup, SpinButton } from '@fluentui/react-components'
import type { ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import { Choice } from '../../components/choice.tsx'
import { StateMark } from '../../components/state-mark.tsx'
import type { PartProps } from './editor.tsx'
import { KeepPreviewNote, type KeepPreview } from './keep-preview.tsx'
import { Part } from './part.tsx'

interface CountProps {
  readonly label: string
  readonly unit: string
  readonly value: number
  readonly onChange: (value: number) => void
}

function Count({ label, unit, value, onChange }: CountProps): ReactElement {
  return (
    <label className="row">
      <span className="dim">{label}</span>
      <SpinButton
        className="unit-input"
        min={1}
        max={36_500}
        value={value}
        onChange={(_, data) => {
          const next = data.value ?? Number.parseInt(data.displayValue ?? '', 10)
          if (Number.isInteger(next) && next >= 1) onChange(next)
        }}
      />
      <span>{unit}</span>
    </label>
  )
}

export function KeepPart({ draft, change, preview }: PartProps & { readonly preview: KeepPreview }): ReactElement {
  const { t } = useTranslation()
  return (
    <Part part="keep">
      <div className="row wrap gap4">
        {(['full', 'hot'] as const).map((type) => (
          <Count
            key={type}
            label={t(`jobs.keep.${type}`)}
            unit={t('jobs.keep.days')}
            value={draft.keep[type]}
            onChange={(days) => change({ keep: { ...draft.keep, [type]: days } })}
          />
        ))}
      </div>
      <p className="small faint">{t('jobs.keep.never')}</p>
      <KeepPreviewNote preview={preview} />
    </Part>
  )
}

const proves = ['matched', 'restored'] as const
const compressions = ['gzip', 'zstd', 'none'] as const

export function ProtectPart({ draft, change }: PartProps): ReactElement {
  const { t } = useTranslation()
  return (
    <Part part="protect">
      <RadioGroup
        aria-label={t('jobs.protect.prove')}
        value={draft.prove}
        onChange={(_, data) => change({ prove: data.value === 'restored' ? 'restored' : 'matched' })}
      >
        {proves.map((prove) => (
          <Radio key={prove} value={prove} label={t(`jobs.protect.${prove}`)} />
        ))}
      </RadioGroup>
      <Choice
        label={t('jobs.protect.compression')}
        value={draft.compression}
        options={compressions.map((name) => [name, t(`jobs.protect.${name}`)] as const)}
        onChange={(compression) => change({ compression })}
      />
      <div className="row top small" style={{ gap: 6 }}>
        <StateMark state="attention" />
        <span className="dim">{t('jobs.protect.notEncrypted')}</span>
      </div>
    </Part>
  )
}

export function PromisePart({ draft, change }: PartProps): ReactElement {
  const { t } = useTranslation()
  const isHours = draft.rpoMinutes % 60 === 0
  return (
    <Part part="promise">
      <div className="row wrap gap4">
        <Count
          label={t('jobs.promise.rpo')}
          unit={t(isHours ? 'jobs.promise.hours' : 'jobs.promise.minutes')}
          value={isHours ? draft.rpoMinutes / 60 : draft.rpoMinutes}
          onChange={(value) => change({ rpoMinutes: isHours ? value * 60 : value })}
        />
        <Count
          label={t('jobs.promise.rto')}
          unit={t('jobs.promise.minutes')}
          value={draft.rtoMinutes}
          onChange={(rtoMinutes) => change({ rtoMinutes })}
        />
      </div>
      <Checkbox
        label={t('jobs.promise.follows')}
        checked={draft.rpoFollows === 'schedule'}
        onChange={(_, data) => change({ rpoFollows: data.checked === true ? 'schedule' : 'clock' })}
      />
      <p className="small faint">{t('jobs.promise.hint')}</p>
    </Part>
  )
}
