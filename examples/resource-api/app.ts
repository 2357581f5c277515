import { App } from 'aws-cdk-lib';
import { ResourceApiStack } from './resource-api-stack.ts';

new ResourceApiStack(new App(), 'ResourceApi');
