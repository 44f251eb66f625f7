import type { Feature } from '../feature.js';
import { BridgeController } from './bridge.controller.js';
import { BridgeService } from './bridge.service.js';
import { LegacyImportController } from './legacy-import.controller.js';
import { LegacyImportRepository } from './legacy-import.repository.js';
import { LegacyImport } from './legacy-import.service.js';
import { LegacyMoves } from './legacy-moves.service.js';
import { LegacyPasswordsRepository } from './legacy-passwords.repository.js';
import { LegacyPasswords } from './legacy-passwords.service.js';
import { LegacyUsersRepository } from './legacy-users.repository.js';

export const legacy: Feature = {
  controllers: [BridgeController, LegacyImportController],
  providers: [
    BridgeService,
    LegacyImport,
    LegacyImportRepository,
    LegacyMoves,
    LegacyPasswords,
    LegacyPasswordsRepository,
    LegacyUsersRepository,
  ],
};
