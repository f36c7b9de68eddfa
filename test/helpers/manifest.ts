/** A small valid manifest for tests. */
import type { Manifest } from '../../electron/contract/manifest.ts'

export function makeManifest(changes: Partial<Manifest> = {}): Omit<Manifest, 'self_sha256'> {
  return {
    format_version: 1,
    backup_timestamp: '20260105_020000',
    backup_date: '2026-01-05T02:00:00.000+08:00',
    backup_type: 'full',
    set: 'shop/full_backup_20260105_020000',
    sequence: 2,
    parent: null,
    run: 'run_0123456789ab',
    job: { id: 'job_0123456789ab', name: 'Shop 商店', slug: 'shop' },
    destination_id: 'dst_0123456789ab',
    system_info: { hostname: 'srv', user: 'shop', platform: 'linux' },
    tool: { name: 'sitekeep', version: '0.1.0' },
    files: [
      {
        type: 'database',
        file: 'database.sqlite3.gz',
        size: '1K',
        source: { id: 'src_0123456789ab', kind: 'sqlite', name: 'shop', origin: '/srv/shop.sqlite3' },
        bytes: 1000,
        sha256: 'a'.repeat(64),
        plain_bytes: 4096,
        plain_sha256: 'b'.repeat(64),
        compression: 'gzip',
        encryption: null,
        content: {
          kind: 'sqlite',
          name: 'shop.sqlite3',
          page_size: 4096,
          page_count: 1,
          journal_mode: 'wal',
          sqlite_version: '3.54.1',
          quick_check: 'ok',
          tables: [{ name: 'orders', rows: 3 }],
        },
      },
    ],
    missing: [],
    proof: { level: 'matched', at: '2026-01-05T02:00:09.000+08:00' },
    findings: [],
    durations: { encode: 12 },
    ...changes,
  }
}
