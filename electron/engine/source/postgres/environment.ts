/** Tells a dump that is bad from a server that lacks what the dump needs: a role, a tablespace, an extension, a locale (faults.md D16). */

/** English first (pg_restore and psql under LC_ALL=C), then as a Chinese server says it. */
const PATTERNS: readonly RegExp[] = [
  /\b(role "[^"\n]*") does not exist/,
  /(角色 ?"[^"\n]*") ?不存在/,
  /\b(tablespace "[^"\n]*") does not exist/,
  /(表空间 ?"[^"\n]*") ?不存在/,
  /\b(extension "[^"\n]*") is not available/,
  /(扩展 ?"[^"\n]*") ?(?:不可用|不存在)/,
  /could not open extension control file "[^"\n]*\/([^"/\n]+)\.control"/,
  /(?:invalid locale name|collation) "?([^"\n]+)"?(?: for encoding| does not exist)/,
  /could not access file "([^"\n]+)"/,
]

/** What is missing on the server, as it calls it; undefined where the error is another one. */
export function lacking(said: string): string | undefined {
  for (const pattern of PATTERNS) {
    const found = pattern.exec(said)?.[1]
    if (found !== undefined) return found
  }
  return undefined
}
