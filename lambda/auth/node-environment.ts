/**
 * Imported first, before Better Auth. Lambda leaves NODE_ENV unset, and Better Auth then accepts a missing secret and turns its
 * rate limits off; TEST would switch its origin checks off.
 */
process.env.NODE_ENV = 'production';
delete process.env.TEST;
