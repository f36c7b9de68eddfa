/** The only file that names the destination kinds. */
import type { DestinationKind } from '../../contract/destination.ts'
import type { DestinationKindModule } from './destination.ts'
import { folderKind } from './folder.ts'

export const destinations: { readonly [K in DestinationKind]: DestinationKindModule<K> } = { folder: folderKind }
