/** What to back up: the job's name and its sources. */
import { Button, Field, Input, Menu, MenuItem, MenuList, MenuPopover, MenuTrigger } from '@fluentui/react-components'
import { AddRegular } from '@fluentui/react-icons/svg/add'
import type { ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import { sourceKinds, type SourceDraft } from '../../../electron/contract/source.ts'
import { hasSameNames, newSource, sourceNames } from './draft.ts'
import type { PartProps } from './editor.tsx'
import { Note } from '../../components/note.tsx'
import { Part } from './part.tsx'
import { SourceItem } from './source-item.tsx'

function AddSource({ onAdd }: { readonly onAdd: (source: SourceDraft) => void }): ReactElement {
  const { t } = useTranslation()
  return (
    <Menu positioning="below-end">
      <MenuTrigger disableButtonEnhancement>
        <Button size="small" icon={<AddRegular />} aria-label={t('jobs.editor.addSource')}>
          {t('jobs.editor.add')}
        </Button>
      </MenuTrigger>
      <MenuPopover>
        <MenuList>
          {sourceKinds.map((kind) => (
            <MenuItem key={kind} onClick={() => onAdd(newSource(kind, sourceNames(t)))}>
              {t(`state.source.${kind}`)}
            </MenuItem>
          ))}
        </MenuList>
      </MenuPopover>
    </Menu>
  )
}

/** `database`, `database-2` …: names are unique in a job. */
function named(source: SourceDraft, taken: readonly SourceDraft[]): SourceDraft {
  const names = new Set(taken.map((known) => known.name))
  let name = source.name
  for (let n = 2; names.has(name); n += 1) name = `${source.name}-${n}`
  return { ...source, name }
}

export function WhatPart({ draft, change }: PartProps): ReactElement {
  const { t } = useTranslation()
  const { sources } = draft
  const setSource = (index: number, source: SourceDraft): void => change({ sources: sources.with(index, source) })
  return (
    <Part
      part="what"
      actions={<AddSource onAdd={(source) => change({ sources: [...sources, named(source, sources)] })} />}
    >
      <Field label={t('jobs.editor.jobName')} required>
        <Input value={draft.name} maxLength={80} onChange={(_, data) => change({ name: data.value })} />
      </Field>
      {sources.map((source, index) => (
        <SourceItem
          key={source.id ?? index}
          source={source}
          onChange={(changed) => setSource(index, changed)}
          onRemove={() => change({ sources: sources.toSpliced(index, 1) })}
        />
      ))}
      {hasSameNames(sources) && <Note state="attention">{t('jobs.source.sameName')}</Note>}
    </Part>
  )
}
