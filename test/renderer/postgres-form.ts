/** Checks of what the window does with PostgreSQL: its form, its password, its test, and its backups. */
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import type { Job } from '../../electron/contract/job.ts'
import { tabTo, violations } from './accessibility.ts'
import { good } from './fake-answers.ts'
import type { FakeAgent } from './fake-agent.ts'
import type { Scenario } from './fixture.ts'

interface Opened {
  readonly page: Page
  readonly agent: FakeAgent
}

const preset = '#/jobs/new?preset=postgres'

const paramsOf = (agent: FakeAgent, method: string): unknown =>
  agent.calls.findLast((call) => call.method === method)?.params

const sent = (agent: FakeAgent, method: 'job.add' | 'job.edit'): Job['sources'] =>
  (paramsOf(agent, method) as { draft: Job }).draft.sources

const server = {
  via: 'container',
  program: 'podman',
  container: 'erp-db',
  user: 'erp',
  engineHost: 'ssh://root@erp.lan',
  passwordSecret: 'postgres-erp-db',
} as const

/** The second job as one of a server, of which two databases and the roles were backed up. */
async function withServer({ page, agent }: Opened, secrets: readonly string[]): Promise<void> {
  const source = { id: 'src_erp001', kind: 'postgres', name: 'erp', server, databases: 'all' } as const
  const job = { ...agent.site.jobs[1]!, sources: [source] } as unknown as Job
  agent.site.jobs[1] = job
  const entry = { name: 'erp', kind: 'postgres', bytes: 5e6, plainBytes: 2e7 } as const
  for (const set of agent.site.sets.filter((known) => known.job === job.id))
    Object.assign(set, {
      sources: [
        { ...entry, file: 'erp-sales.sql.gz', database: 'sales', tables: [{ name: 'public.order', rows: 1234 }] },
        { ...entry, file: 'erp-stock.sql.gz', database: 'stock', tables: [{ name: 'public.item', rows: 77 }] },
        { ...entry, file: 'erp-globals.sql.gz' },
      ],
    })
  agent.answers['secret.list'] = () => good(secrets.map((name) => ({ name, updatedAt: '2026-11-01T02:00:00Z' })))
  await page.reload()
}

async function addPlace(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Add a folder' }).click()
  await page.getByLabel('Folder', { exact: true }).fill('E:\\backup')
  await page.locator('#part-where form').getByRole('button', { name: 'Add' }).click()
}

async function makesJob({ page, agent }: Opened): Promise<void> {
  agent.answers['source.test'] = () =>
    good({ kind: 'postgres', bytes: 812e6, databases: 3, tables: 48, rows: 1_204_518, version: '16.4', notes: [] })
  await page.getByLabel('Name of the container').fill('shop-db-1')
  await page.getByRole('button', { name: 'Test', exact: true }).first().click()
  await page.getByText('3 databases, 48 tables, about 1,204,518 rows by the server’s own statistics').waitFor()
  await page.getByText('PostgreSQL 16.4').waitFor()
  await addPlace(page)
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByText('Everything is saved').waitFor()
  expect(sent(agent, 'job.add')).toMatchObject([
    { kind: 'postgres', server: { via: 'container', program: 'docker', container: 'shop-db-1' }, databases: 'all' },
  ])
}

async function asksForWhatIsHalfSaid({ page }: Opened): Promise<void> {
  const test = page.getByRole('button', { name: 'Test', exact: true }).first()
  const save = page.getByRole('button', { name: 'Save', exact: true })
  await addPlace(page)
  await page.getByLabel('Name of the container').fill('-rm')
  await page.getByText('Letters, digits, dots').waitFor()
  expect(await test.isDisabled()).toBe(true)
  await page.getByLabel('Name of the container').fill('shop')
  await page.getByLabel('Databases').selectOption('named')
  await page.getByText('Still missing: What to back up').waitFor()
  expect([await test.isDisabled(), await save.isDisabled()]).toEqual([true, true])
  await page.getByLabel('Names, one per line').fill('sales\n\nstock')
  expect([await test.isDisabled(), await save.isDisabled()]).toEqual([false, false])
  await page.getByLabel('Where it runs').selectOption('host')
  await page.getByLabel('Host').fill('postgres://u:hunter2@db/x')
  await page.getByText('Only the host').waitFor()
  expect(await save.isDisabled()).toBe(true)
}

async function storesPassword({ page, agent }: Opened): Promise<void> {
  const names = ['postgres-shop-db']
  agent.answers['secret.list'] = () => good(names.map((name) => ({ name, updatedAt: '2026-11-01T02:00:00Z' })))
  agent.answers['secret.set'] = ({ name }) => {
    names.push(name)
    return good({})
  }
  await page.reload()
  await page.getByLabel('Name of the container').fill('shop-db')
  const field = page.getByLabel('Password')
  expect(await field.getAttribute('type')).toBe('password')
  await field.fill('hunter2')
  await page.getByText('Not stored yet').waitFor()
  await field.press('Enter')
  await page.getByText('A password is stored on this computer').waitFor()
  expect(paramsOf(agent, 'secret.set')).toEqual({ name: 'postgres-shop-db-2', value: 'hunter2' })
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Change password…')
  expect(await page.content()).not.toContain('hunter2')
  await page.keyboard.press('Enter')
  expect(await field.inputValue()).toBe('')
  await page.keyboard.type('other')
  await page.getByRole('button', { name: 'Store', exact: true }).click()
  await page.getByText('A password is stored on this computer').waitFor()
  expect(paramsOf(agent, 'secret.set')).toEqual({ name: 'postgres-shop-db-2', value: 'other' })
  await addPlace(page)
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByText('Everything is saved').waitFor()
  expect(sent(agent, 'job.add')).toMatchObject([{ server: { passwordSecret: 'postgres-shop-db-2' } }])
  await page.getByRole('button', { name: 'Use none' }).click()
  await page.getByLabel('Password').waitFor()
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByText('Everything is saved').waitFor()
  expect(sent(agent, 'job.edit')[0]).not.toHaveProperty('server.passwordSecret')
}

async function forgetsPasswordWithServer({ page, agent }: Opened): Promise<void> {
  await withServer({ page, agent }, ['postgres-erp-db'])
  await page.getByText('A password is stored on this computer').waitFor()
  await page.getByLabel('Where it runs').selectOption('host')
  await page.getByLabel('Password').waitFor()
  expect(await page.getByText('A password is stored').count()).toBe(0)
  expect(await page.getByLabel('Database user').inputValue()).toBe('erp')
}

async function saysThatPasswordIsMissing({ page, agent }: Opened): Promise<void> {
  await withServer({ page, agent }, [])
  await page.getByText('The password of this source is not stored on this computer').waitFor()
}

async function keepsWhatItDoesNotShow({ page, agent }: Opened): Promise<void> {
  await withServer({ page, agent }, ['postgres-erp-db'])
  await page.getByLabel('Database user').fill('backup')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByText('Everything is saved').waitFor()
  expect(sent(agent, 'job.edit')[0]).toMatchObject({ id: 'src_erp001', server: { ...server, user: 'backup' } })
}

async function choosesWhereToRehearse({ page, agent }: Opened): Promise<void> {
  await page.getByLabel('Name of the container').fill('shop-db-1')
  const where = page.getByLabel('Where restores are tested')
  await page.getByText('no restore is tried').waitFor()
  await where.selectOption('same')
  await page.getByText('makes a database on the server that is in use').waitFor()
  await where.selectOption('other')
  const other = page.getByRole('group', { name: 'Where restores are tested' })
  await other.getByLabel('Host').fill('test.lan')
  await other.getByLabel('Encrypted connection').selectOption('verify-full')
  await other.getByLabel('Certificate authority, file').fill('/etc/ca.pem')
  await page.getByText('Format, roles, locks').click()
  await page.getByLabel('Format', { exact: true }).selectOption('custom')
  await page.getByLabel('Roles and tablespaces').uncheck()
  await page.getByLabel('Compare the content').check()
  expect(await violations(page)).toEqual([])
  await page.setViewportSize({ width: 1024, height: 700 })
  expect(await overflowing(page)).toEqual([])
  await addPlace(page)
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByText('Everything is saved').waitFor()
  const rehearsal = { via: 'host', host: 'test.lan', sslMode: 'verify-full', sslRootCert: '/etc/ca.pem' }
  expect(sent(agent, 'job.add')).toMatchObject([
    { format: 'custom', globals: false, digests: true, scratch: rehearsal },
  ])
}

/** Boxes that reach beyond their half of the form. */
async function overflowing(page: Page): Promise<string[]> {
  return await page.evaluate(() =>
    [...document.querySelectorAll('.field-grid > *')].flatMap((field) =>
      [...field.querySelectorAll('select, input')]
        .filter((box) => box.getBoundingClientRect().right > field.getBoundingClientRect().right + 1)
        .map(() => field.textContent),
    ),
  )
}

async function worksByKeyboard({ page, agent }: Opened): Promise<void> {
  await page.locator('#content').focus()
  await tabTo(page, /^Name of the container/)
  await page.keyboard.type('shop-db')
  await tabTo(page, /^Password/)
  await page.keyboard.type('hunter2')
  await tabTo(page, /^Store$/)
  await page.keyboard.press('Enter')
  await page.getByText('A password is stored on this computer').waitFor()
  await tabTo(page, /^Format, roles, locks$/)
  await page.keyboard.press('Enter')
  await tabTo(page, /^Roles and tablespaces/)
  await page.keyboard.press('Space')
  expect(await page.getByLabel('Roles and tablespaces').isChecked()).toBe(false)
  expect(paramsOf(agent, 'secret.set')).toMatchObject({ value: 'hunter2' })
}

async function tellsDatabasesApart({ page, agent }: Opened): Promise<void> {
  await withServer({ page, agent }, [])
  for (const name of ['erp · sales', 'erp · stock', 'erp · Roles of the server'])
    await page.getByText(name, { exact: true }).waitFor()
  await page.getByRole('row', { name: 'public.order 1,234' }).waitFor()
  const [set] = agent.site.sets.filter((known) => known.job === 'job_erp001')
  await page.goto(`${agent.url}#/restore?set=${encodeURIComponent(set!.id)}`)
  const options = page.getByLabel('What', { exact: true }).locator('option')
  await options.first().waitFor({ state: 'attached' })
  expect(await options.allTextContents()).toEqual(['Everything', 'erp only'])
}

/** What is checked, in which state of the site, and where. */
export const postgresChecks: readonly (readonly [string, Scenario, string, (opened: Opened) => Promise<void>])[] = [
  ['makes a job from its preset, and says of its test what was only estimated', 'empty', preset, makesJob],
  ['is neither tested nor saved as long as it is half said', 'empty', preset, asksForWhatIsHalfSaid],
  ['stores a password under a free name, and shows it nowhere', 'empty', preset, storesPassword],
  ['keeps no password for another server', 'good', '#/jobs/job_erp001', forgetsPasswordWithServer],
  ['says that a password is missing', 'good', '#/jobs/job_erp001', saysThatPasswordIsMissing],
  ['keeps what the form does not show', 'good', '#/jobs/job_erp001', keepsWhatItDoesNotShow],
  ['rehearses nowhere, on the server itself, or on another', 'empty', preset, choosesWhereToRehearse],
  ['is filled in by keyboard alone', 'empty', preset, worksByKeyboard],
  [
    'tells its databases apart, in a backup and where one is restored',
    'good',
    '#/backups?job=job_erp001',
    tellsDatabasesApart,
  ],
]
