// What a C program does with isoflop, and what it does wrong. Compiled as C11 and as C++17, with every warning an error.
#include <isoflop.h>

#include <pthread.h>
#include <stdio.h>
#include <string.h>

static int failures = 0;

#define EXPECT(condition) \
  ((condition) ? (void)0 : (void)(failures += 1, fprintf(stderr, "line %d: %s\n", __LINE__, #condition)))

static void counts(void) {
  const char request[] = "{\"config\": \"deepseek-llm-67b\"}";
  isoflop_handle reply = 0;
  const char *text = NULL;
  size_t length = 0;
  EXPECT(isoflop_call("count", request, strlen(request), 0, &reply) == ISOFLOP_OK);
  EXPECT(isoflop_reply_text(reply, &text, &length) == ISOFLOP_OK);
  EXPECT(text && strlen(text) == length && strstr(text, "432726343680"));
  EXPECT(isoflop_free(reply) == ISOFLOP_OK);
  EXPECT(isoflop_free(reply) == ISOFLOP_MISUSED);
  EXPECT(isoflop_reply_text(reply, &text, &length) == ISOFLOP_MISUSED);
  EXPECT(isoflop_error(&text, &length) == ISOFLOP_OK && text && strstr(text, "was freed"));
  EXPECT(isoflop_call("count", "{", 1, 0, &reply) == ISOFLOP_INPUT_WRONG);
}

static void columns(void) {
  int32_t layers[] = {30, 95};
  double width = 8192;
  int64_t length = 4096, m[] = {0, 0};
  isoflop_column inputs[3], output;
  isoflop_columns_options options;
  const int64_t d = 8192;
  memset(&options, 0, sizeof options);
  options.size = sizeof options;
  options.gated = 1;
  inputs[0].what = ISOFLOP_N_LAYERS, inputs[0].type = ISOFLOP_INT32, inputs[0].length = 2, inputs[0].values = layers;
  inputs[1].what = ISOFLOP_D_MODEL, inputs[1].type = ISOFLOP_FLOAT64, inputs[1].length = 1, inputs[1].values = &width;
  inputs[2].what = ISOFLOP_SEQUENCE_LENGTH, inputs[2].type = ISOFLOP_INT64, inputs[2].length = 1;
  inputs[2].values = &length;
  output.what = ISOFLOP_M, output.type = ISOFLOP_INT64, output.length = 2, output.values = m;
  EXPECT(isoflop_count_columns(inputs, 3, &output, 1, 2, &options, 0) == ISOFLOP_OK);
  EXPECT(m[0] == 72 * 30 * d * d + 12 * 30 * d * 4096 && m[1] == 72 * 95 * d * d + 12 * 95 * d * 4096);
  layers[1] = 0;
  EXPECT(isoflop_count_columns(inputs, 3, &output, 1, 2, &options, 0) == ISOFLOP_INPUT_WRONG);
  options.size -= 8;
  EXPECT(isoflop_count_columns(inputs, 3, &output, 1, 2, &options, 0) == ISOFLOP_MISUSED);
}

static void rows(void) {
  const char request[] = "{\"grid\": {\"axes\": {\"n_layers\": \"8:16\", \"d_model\": [512, 1024]}}}";
  isoflop_handle handle = 0, control = 0;
  isoflop_progress progress;
  int64_t count = 0, memory[32 * 18], *place[32];
  const char *text = NULL, *names;
  size_t length = 0, columns = 0, column;
  progress.size = sizeof progress;
  EXPECT(isoflop_control_new(&control) == ISOFLOP_OK);
  EXPECT(isoflop_control_progress(control, &progress) == ISOFLOP_OK && progress.done == 0);
  EXPECT(isoflop_rows_open(request, strlen(request), control, &handle) == ISOFLOP_OK);
  EXPECT(isoflop_rows_info(handle, &count, &text, &length) == ISOFLOP_OK && count == 18 && strlen(text) == length);
  for (names = strstr(text, "["); names && *names != ']'; names += 1) columns += *names == '"';
  columns /= 2;
  EXPECT(0 < columns && columns <= 32);
  for (column = 0; column < columns; column += 1) place[column] = memory + 18 * column;
  EXPECT(isoflop_rows_fill(handle, place, columns, 18, control) == ISOFLOP_OK && memory[0] == 8 && memory[17] == 16);
  EXPECT(isoflop_rows_fill(handle, place, columns, 17, control) == ISOFLOP_MISUSED);
  EXPECT(isoflop_control_cancel(control) == ISOFLOP_OK);
  EXPECT(isoflop_rows_fill(handle, place, columns, 18, control) == ISOFLOP_CANCELLED);
  EXPECT(isoflop_rows_fill(control, place, columns, 18, 0) == ISOFLOP_MISUSED);
  EXPECT(isoflop_free(handle) == ISOFLOP_OK && isoflop_free(control) == ISOFLOP_OK);
}

static void nothing(void) {
  isoflop_handle handle = 77;
  const char *text = NULL;
  size_t length = 7;
  EXPECT(isoflop_call(NULL, NULL, 0, 0, &handle) == ISOFLOP_MISUSED && handle == 77);
  EXPECT(isoflop_call("count", NULL, 7, 0, &handle) == ISOFLOP_MISUSED && handle == 77);
  EXPECT(isoflop_call("count", NULL, 0, 0, NULL) == ISOFLOP_MISUSED);
  EXPECT(isoflop_error(NULL, NULL) == ISOFLOP_MISUSED && isoflop_control_new(NULL) == ISOFLOP_MISUSED);
  EXPECT(isoflop_reply_text(0, &text, &length) == ISOFLOP_MISUSED && text == NULL && length == 7);
  EXPECT(isoflop_control_progress(0, NULL) == ISOFLOP_MISUSED && isoflop_control_cancel(0) == ISOFLOP_MISUSED);
  EXPECT(isoflop_rows_open(NULL, 0, 0, NULL) == ISOFLOP_MISUSED);
  EXPECT(isoflop_rows_info(0, NULL, NULL, NULL) == ISOFLOP_MISUSED);
  EXPECT(isoflop_rows_fill(0, NULL, 0, 0, 0) == ISOFLOP_MISUSED);
  EXPECT(isoflop_count_columns(NULL, 0, NULL, 0, 0, NULL, 0) == ISOFLOP_MISUSED);
  EXPECT(isoflop_arrow_own(NULL, NULL, 0, 0) == ISOFLOP_MISUSED);
  EXPECT(isoflop_arrow_released(NULL, 1, NULL) == ISOFLOP_MISUSED);
  EXPECT(isoflop_arrow_notify(NULL, NULL) == ISOFLOP_OK && isoflop_free(0) == ISOFLOP_OK);
  isoflop_arrow_drop(NULL);
  isoflop_arrow_release_schema(NULL);
  isoflop_arrow_release_array(NULL);
  isoflop_arrow_release_stream(NULL);
}

static void *everything(void *unused) {
  int round;
  for (round = 0; round < 20; round += 1) {
    counts();
    columns();
    rows();
    nothing();
  }
  return unused;
}

int main(void) {
  pthread_t threads[8];
  size_t thread;
  EXPECT(isoflop_abi_version() == ISOFLOP_ABI_VERSION && isoflop_check_abi(ISOFLOP_ABI_VERSION) == ISOFLOP_OK);
  EXPECT(isoflop_check_abi(ISOFLOP_ABI_VERSION + 1) == ISOFLOP_MISUSED);
  EXPECT(isoflop_check_abi(ISOFLOP_ABI_VERSION + 0x10000) == ISOFLOP_MISUSED);
  for (thread = 0; thread < 8; thread += 1) EXPECT(pthread_create(&threads[thread], NULL, everything, NULL) == 0);
  for (thread = 0; thread < 8; thread += 1) pthread_join(threads[thread], NULL);
  return failures != 0;
}
