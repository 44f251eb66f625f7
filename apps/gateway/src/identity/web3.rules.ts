import { Text } from '#contracts';

/** Whose wallet it is. */
export class WalletAddressBody {
  @Text({ min: 42, max: 42, pattern: /^0x[0-9a-fA-F]{40}$/, description: 'An Ethereum address.' }) address!: string;
  @Text({ optional: true, max: 64 }) client_id?: string;
}

/** The message as it was given, and the wallet’s signature over it. */
export class WalletProofBody {
  @Text({ max: 4096, description: 'Byte for byte.' }) message!: string;
  @Text({ max: 132, pattern: /^0x[0-9a-fA-F]{130}$/, description: '`personal_sign` (EIP-191).' }) signature!: string;
  @Text({ optional: true, max: 64 }) client_id?: string;
}
