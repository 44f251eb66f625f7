import { Text, WALLET_ADDRESS, WALLET_SIGNATURE } from '#contracts';

/** Whose wallet it is. */
export class WalletAddressBody {
  @Text({ min: 42, max: 42, pattern: WALLET_ADDRESS, description: 'An Ethereum address.' }) address!: string;
  @Text({ optional: true, max: 64 }) client_id?: string;
}

/** The message as it was given, and the wallet’s signature over it. */
export class WalletProofBody {
  @Text({ max: 4096, description: 'Byte for byte.' }) message!: string;
  @Text({ max: 132, pattern: WALLET_SIGNATURE, description: '`personal_sign` (EIP-191).' }) signature!: string;
  @Text({ optional: true, max: 64 }) client_id?: string;
}
