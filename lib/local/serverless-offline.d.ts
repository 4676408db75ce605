// The part of serverless-offline that the local plugin touches; the package ships no types.
declare module 'serverless-offline/lambda' {
  export interface LambdaFunction {
    setEvent(event: unknown): void;
    runHandler(): Promise<unknown>;
  }

  export default class Lambda {
    get(functionKey: string): LambdaFunction;
  }
}
