import type { RootCa } from '@fairlead/controllers'
import type { Certificates } from '../certificates/certificate-folder.ts'
import type { ControlPlaneOptions } from './options.ts'
import type { ServedTls } from './reload.ts'

/** What clients trust a server by: the authority of the data folder, or the certificate that somebody else made for it. */
export function rootCaOf(
  { serverCertificate }: ControlPlaneOptions,
  { authority }: Certificates,
  served: Pick<ServedTls, 'certificate' | 'onChange'>,
): RootCa {
  if (serverCertificate === undefined) return { current: () => authority.certificate, onChange: () => () => {} }
  return { current: () => served.certificate, onChange: (listener) => served.onChange(listener) }
}
