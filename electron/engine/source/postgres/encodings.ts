/** Names and messages that PostgreSQL writes in a database's own encoding, as text. */

/** WHATWG labels of PostgreSQL's server encodings. Source: PostgreSQL manual, "Character Set Support"; those without a label are read as bytes. */
const LABELS: Readonly<Record<string, string>> = {
  UTF8: 'utf-8',
  EUC_CN: 'gbk',
  EUC_JP: 'euc-jp',
  EUC_JIS_2004: 'euc-jp',
  EUC_KR: 'euc-kr',
  ISO_8859_5: 'iso-8859-5',
  ISO_8859_6: 'iso-8859-6',
  ISO_8859_7: 'iso-8859-7',
  ISO_8859_8: 'iso-8859-8',
  KOI8R: 'koi8-r',
  KOI8U: 'koi8-u',
  LATIN2: 'iso-8859-2',
  LATIN3: 'iso-8859-3',
  LATIN4: 'iso-8859-4',
  LATIN6: 'iso-8859-10',
  LATIN7: 'iso-8859-13',
  LATIN8: 'iso-8859-14',
  LATIN9: 'iso-8859-15',
  LATIN10: 'iso-8859-16',
  WIN866: 'ibm866',
  WIN874: 'windows-874',
  WIN1250: 'windows-1250',
  WIN1251: 'windows-1251',
  WIN1252: 'windows-1252',
  WIN1253: 'windows-1253',
  WIN1254: 'windows-1254',
  WIN1255: 'windows-1255',
  WIN1256: 'windows-1256',
  WIN1257: 'windows-1257',
  WIN1258: 'windows-1258',
}

/** How text in a PostgreSQL encoding is read; what is not valid in it, and every unknown encoding, byte by byte. Never throws. */
export function decoderFor(encoding: string): (bytes: Buffer) => string {
  const label = LABELS[encoding.toUpperCase()]
  // SQL_ASCII says nothing about its bytes: kept apart they are better than all turned into one replacement character.
  if (label === undefined) return (bytes) => bytes.toString('latin1')
  const decoder = new TextDecoder(label, { fatal: true })
  return (bytes) => {
    try {
      return decoder.decode(bytes)
    } catch {
      // As above.
      return bytes.toString('latin1')
    }
  }
}
