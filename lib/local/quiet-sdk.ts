// Imported before the plugin that loads the SDK v2, which prints a note about its end of support.
process.env['AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE'] = '1';
