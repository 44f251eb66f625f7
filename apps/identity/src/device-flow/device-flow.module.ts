import type { Feature } from '../feature.js';
import { CodeGuessesRepository } from './code-guesses.repository.js';
import { CodeGuesses } from './code-guesses.service.js';
import { DeviceApproval } from './device-approval.service.js';
import { DeviceFlowController } from './device-flow.controller.js';
import { DevicePolling } from './device-polling.service.js';
import { DeviceRedemption } from './device-redemption.service.js';
import { DeviceRequestsRepository } from './device-requests.repository.js';
import { DeviceStarting } from './device-starting.service.js';
import { InstallationsController } from './installations.controller.js';
import { InstallationsRepository } from './installations.repository.js';
import { Installations } from './installations.service.js';
import { UserCodes } from './user-codes.service.js';

export const deviceFlow: Feature = {
  controllers: [DeviceFlowController, InstallationsController],
  providers: [
    CodeGuesses,
    CodeGuessesRepository,
    DeviceApproval,
    DevicePolling,
    DeviceRedemption,
    DeviceRequestsRepository,
    DeviceStarting,
    Installations,
    InstallationsRepository,
    UserCodes,
  ],
};
