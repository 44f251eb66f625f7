import { Controller } from '@nestjs/common';
import { Handles } from '#bus';
import { ValidateLicense, type LicenseValidation, type ValidateLicenseRequest } from '#contracts';
import { ValidationService } from './validation.service.js';

@Controller()
export class ValidationController {
  constructor(private readonly validation: ValidationService) {}

  @Handles(ValidateLicense, { transaction: false })
  validate(input: ValidateLicenseRequest): Promise<LicenseValidation> {
    return this.validation.validate(input);
  }
}
