import { MintLicenseRequest, parse, Refusal, type ImportProblem } from '#contracts';

const CODES: Record<string, ImportProblem> = {
  name: 'invalid_person',
  email: 'invalid_person',
  order: 'invalid_order',
  notes: 'invalid_notes',
};

export interface NotMintable {
  /** Member of the mint that is refused. */
  member: string;
  code: ImportProblem;
}

/**
 * Why no license may say this, by the rules of a mint: names and addresses end in mail headers, and what the database
 * cannot hold would take the other rows of its part along. Null: it may.
 */
export function whyNotMintable(license: Partial<MintLicenseRequest>): NotMintable | null {
  try {
    parse(MintLicenseRequest, license);
    return null;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return notMintable(error);
  }
}

/** What the refusal of a mint is about. */
export function notMintable({ extras }: Refusal): NotMintable {
  const member = extras.errors?.[0]?.field ?? '';
  return { member, code: CODES[member] ?? 'invalid_terms' };
}
