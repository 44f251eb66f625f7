/** Who asked for an import, as the audit log names them. */
export interface Importer {
  caller: string;
  requestId?: string;
}
