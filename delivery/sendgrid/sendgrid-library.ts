import sendGridClient from '@sendgrid/client';
import sendGridMail from '@sendgrid/mail';

// The packages export their classes, and their typings hide them from ES modules: they are reached through the instances.

export const SendGridClient = sendGridClient.constructor as new () => typeof sendGridClient;
export const MailService = sendGridMail.constructor as new () => typeof sendGridMail;

/** One call of Mail Send, in the library's camel case. */
export type MailData = Exclude<Parameters<typeof sendGridMail.send>[0], readonly unknown[]>;
export type ClientDefaults = Exclude<Parameters<typeof sendGridClient.setDefaultRequest>[0], string>;
