import { refuseField } from '../clock/times.rules.js';

const MOST_BYTES = 16_384;

/** The evidence as it is stored. @throws Refusal `validation_failed` for more than 16 KiB */
export function evidenceText(evidence: unknown): string | null {
  if (evidence === undefined || evidence === null) return null;
  const text = JSON.stringify(evidence);
  if (Buffer.byteLength(text) > MOST_BYTES) {
    throw refuseField('evidence', 'too_long', `evidence must be at most ${MOST_BYTES} bytes of JSON.`);
  }
  return text;
}
