import { Controller } from '@nestjs/common';
import { Handles } from '#bus';
import {
  ListBlobHolders,
  ReissueBlobs,
  type BlobHolderPage,
  type ListBlobHoldersRequest,
  type ReissueBlobsRequest,
  type ReissuedBlobs,
} from '#contracts';
import { ReissueService } from './reissue.service.js';

@Controller()
export class ReissueController {
  constructor(private readonly service: ReissueService) {}

  @Handles(ListBlobHolders, { transaction: false })
  holders(input: ListBlobHoldersRequest): Promise<BlobHolderPage> {
    return this.service.page(input);
  }

  @Handles(ReissueBlobs, { transaction: false })
  reissue(input: ReissueBlobsRequest): Promise<ReissuedBlobs> {
    return this.service.reissue(input);
  }
}
