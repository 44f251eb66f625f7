import { Controller } from '@nestjs/common';
import { Handles } from '#bus';
import {
  DeriveMacKey,
  SignBlob,
  SignBlobs,
  SignToken,
  type Call,
  type DeriveMacKeyRequest,
  type MacKey,
  type SignBlobRequest,
  type SignBlobsRequest,
  type SignedBlob,
  type SignedBlobs,
  type SignedToken,
  type SignTokenRequest,
} from '#contracts';
import { BlobsService } from './blobs.service.js';
import { MacKeysService } from './mac-keys.service.js';
import { TokensService } from './tokens.service.js';

/** All that is written is the audit log's, and that has its own transactions. */
@Controller()
export class SigningController {
  constructor(
    private readonly tokens: TokensService,
    private readonly blobs: BlobsService,
    private readonly macKeys: MacKeysService,
  ) {}

  @Handles(SignToken, { transaction: false })
  signToken(input: SignTokenRequest, call: Call): Promise<SignedToken> {
    return this.tokens.sign(input, call);
  }

  @Handles(SignBlob, { transaction: false })
  signBlob(input: SignBlobRequest, call: Call): Promise<SignedBlob> {
    return this.blobs.sign(input, call);
  }

  @Handles(SignBlobs, { transaction: false })
  signBlobs(input: SignBlobsRequest, call: Call): Promise<SignedBlobs> {
    return this.blobs.signAll(input, call);
  }

  @Handles(DeriveMacKey, { transaction: false })
  deriveMacKey(input: DeriveMacKeyRequest, call: Call): Promise<MacKey> {
    return this.macKeys.derive(input, call);
  }
}
