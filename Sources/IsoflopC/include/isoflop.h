#ifndef ISOFLOP_H
#define ISOFLOP_H

// isoflop for C and for whatever speaks to C. One dynamic library; the caller needs no Swift runtime.
//
// Conventions, the same in every function:
// - It returns a status. Anything but ISOFLOP_OK leaves a message for the calling thread (isoflop_error), and the
//   outputs as they were, but for columns: those of a call that failed or was cancelled hold nothing in particular.
// - It may be called from any number of threads at once.
// - Objects of the library are handles: numbers that are never used twice. A handle that was freed, never existed, or is
//   of the wrong kind is ISOFLOP_MISUSED, not a crash. 0 is no handle.
// - Structs begin with `size`, which the caller sets to sizeof the struct; a size that no version of the struct had is
//   ISOFLOP_MISUSED.
// - A long call takes a `control` (or 0), by which another thread can cancel it and see how far it is.

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// The version of this header: (major << 16) + minor, apart from the version of the library. A library serves headers
// of its own major version and a minor version that is not newer.
#define ISOFLOP_ABI_VERSION 0x00010002u

typedef int32_t isoflop_status;
enum {
  ISOFLOP_OK = 0,
  // The work failed: no memory, a full disk, a fit that did not converge.
  ISOFLOP_WORK_FAILED = 1,
  // The request or the input is wrong: the message names the field, the value and the way out.
  ISOFLOP_INPUT_WRONG = 2,
  // The call is wrong: a null pointer, a freed handle, a struct or header of another version.
  ISOFLOP_MISUSED = 3,
  // Cancelled before there was a result.
  ISOFLOP_CANCELLED = 4
};

typedef uint64_t isoflop_handle;

// The version of the library's ABI.
uint32_t isoflop_abi_version(void);

// Whether this library serves a caller that was compiled with `version` (pass ISOFLOP_ABI_VERSION).
isoflop_status isoflop_check_abi(uint32_t version);

// What the last call of this thread that failed had to say, as one JSON object: {"message": the whole sentence, "status",
// "problem", and where known "file", "field", "value", "hint"}. UTF-8, ended by a zero byte that `length` does not
// count; null where nothing failed yet. Valid until the next call of this thread that fails.
isoflop_status isoflop_error(const char **text, size_t *length);

// Frees what a handle stands for. Freeing 0 does nothing.
isoflop_status isoflop_free(isoflop_handle handle);

// MARK: Long calls

// A control for calls. Give one to one call at a time; free it after.
isoflop_status isoflop_control_new(isoflop_handle *control);

// Asks the call that has this control to stop: it ends soon, with a result marked "partial" or ISOFLOP_CANCELLED. A call
// that begins later with the same control stops at once.
isoflop_status isoflop_control_cancel(isoflop_handle control);

typedef struct {
  size_t size;
  // How much is done of how much; 0 of 0 as long as that is not known.
  int64_t done, total;
  // In a second, and how many seconds are left (infinity where that is not known).
  double rate, seconds_left;
  // Since 1.1 (a struct that says the size of 1.0 does not get it): of what, "resamples" or "worlds"; null for shapes.
  // Valid as long as the library is loaded.
  const char *stage;
} isoflop_progress;

isoflop_status isoflop_control_progress(isoflop_handle control, isoflop_progress *progress);

// MARK: Requests: JSON in, JSON out

// Answers a request. `function` is one of the names below; `request` is a JSON object of `length` bytes (it needs no zero
// byte at its end) whose members are options by name; null and 0 stand for {}. An unknown member is an error. Integers
// are exact in both directions.
//
//   count        config (a name, a path or the config.json's own object), name, sequence_length, decoder_length,
//                attention, documents, as, mtp, vision, explain (each component with its formula); what a training step
//                runs: recompute, lora_rank, lora_targets, frozen_layers
//   attention    config, name, lengths: what attention costs at each, and where it overtakes the rest
//   compare      config, name, sequence_length, as (a list of conventions, or "all"), compute, mtp; with laws: every law
//                for compute, or for config and tokens; with runs and compute: what M, 6N1 and 6N2 would have trained
//   memory       config, name, context, cache, recipe, zero, devices, micro_batch, tensor_parallel, and as count
//   mfu          config, name, sequence_length, as, tokens_per_second and accelerators (or tokens and
//                accelerator_hours), peak (FLOPs per second, or an accelerator's name), precision, and as count
//   sweep        grid (object, or a path); or around (as config), name, vary (fields with their values),
//                sequence_length, attention, constraints. One of nearest (with of, top, within), count ([low, high]),
//                pareto ([{"min": quantity} or {"max": quantity}] twice), histogram ({"per_decade"} or {"edges"}),
//                summary, loss (a law, with compute and top), rows (a file, with resume); around without any: every
//                model. And shard ("i/n"), method, kernel, threads, pin
//   merge        parts (results of sweep with all shards of one request), request
//   fit          runs (a path, or a list of runs as objects), method (parametric, isoflop, hyperparameters, envelope,
//                accounts), at (budgets), predict ([[scale, tokens]]), and the options of isoflop fit with _ for -: profile
//                is its --method, map and where are an object and a list; resamples: what bootstrap answered for all
//                shards. With group: each group by itself, and what its data is worth in another's
//   bootstrap    as fit (parametric), and shard: the resamples of this share, each as fit would make it
//   allocate     compute, hours, days, accelerator_hours or money; law, all_laws, config, ... as isoflop allocate
//   size, plan   as the commands; budgets are a list, or {"from", "to"} with count
//   predict      law, config or size, tokens, ... as isoflop predict; with returns: what more compute brings; with
//                backtest (runs): whether the law holds; with curve ({"step", "loss"} or a file) and steps: the end of a
//                run; with images and vision: a late-fusion run
//   watch        ledger (its events, or its file) and one new event: id with law, config or size, tokens; or id with
//                result; or refit. The answer has the event to add to the file
//   laws, machine, models, families, conventions, version
//
// The answers are those of the command line's --json where it has them; fit adds the law, plan the runs.csv.
isoflop_status isoflop_call(
  const char *function, const char *request, size_t length, isoflop_handle control, isoflop_handle *reply);

// The text of a reply: UTF-8, ended by a zero byte that `length` does not count. Valid until the reply is freed.
isoflop_status isoflop_reply_text(isoflop_handle reply, const char **text, size_t *length);

// MARK: Columns

enum {
  ISOFLOP_N_LAYERS = 0,
  ISOFLOP_D_MODEL,
  ISOFLOP_N_HEADS,
  ISOFLOP_HEAD_DIM,
  ISOFLOP_N_KV_HEADS,
  ISOFLOP_D_FF,
  ISOFLOP_N_EXPERTS,
  ISOFLOP_EXPERTS_PER_TOKEN,
  ISOFLOP_D_EXPERT,
  ISOFLOP_D_SHARED,
  ISOFLOP_VOCAB_SIZE,
  ISOFLOP_SEQUENCE_LENGTH
};

enum {
  // Training FLOPs per token, attention included, vocabulary left out.
  ISOFLOP_M = 0,
  ISOFLOP_PARAMETERS,
  ISOFLOP_ACTIVE_PARAMETERS,
  ISOFLOP_NON_EMBEDDING_PARAMETERS,
  ISOFLOP_SIX_N1,
  ISOFLOP_SIX_N2,
  // Elements of the key-value cache that a token adds.
  ISOFLOP_KV_ELEMENTS_PER_TOKEN
};

enum { ISOFLOP_FLOAT64 = 0, ISOFLOP_INT32, ISOFLOP_INT64 };

// A column of the caller's: `length` elements one after the other, aligned to their size. An input has an element a row,
// or one that stands for every row; an output has room for every row.
typedef struct {
  // One of the axes (inputs) or of the quantities (outputs) above.
  int32_t what;
  int32_t type;
  size_t length;
  // Read for inputs, written for outputs.
  void *values;
} isoflop_column;

typedef struct {
  size_t size;
  // 1: gated MLPs (three matrices), 0: plain ones (two).
  int32_t gated;
  // 1: the output head is the embedding.
  int32_t tied;
  // Of a mixture's layers, the first ones that are dense.
  int64_t dense_layers;
  // 0: one for every core of the plan.
  int64_t threads;
  // 1: bind every worker to its core.
  int32_t pin;
  // 1: set to 1 by the call where rows were computed in integers because a Double would not have been exact.
  int32_t used_integers;
} isoflop_columns_options;

// What `rows` shapes cost: the inputs' columns in, the outputs' columns out, exact. Axes that are not given take the
// paper's values, as in a grid: multi-head attention (n_heads x head_dim = d_model), 12 d_model^2 weights a layer,
// vocab_size 102400, sequence_length 4096, no experts. n_layers and d_model are needed. Outputs are FLOAT64 or INT64;
// where a result does not fit (2^53, Int64), where a size is no positive integer, and where a row is no model, the call
// is ISOFLOP_INPUT_WRONG and the message names the row; so it is where an output shares memory with another column, but
// for an input of 8 byte elements that it replaces, element by element.
isoflop_status isoflop_count_columns(
  const isoflop_column *inputs, size_t input_count, const isoflop_column *outputs, size_t output_count, size_t rows,
  isoflop_columns_options *options, isoflop_handle control);

// MARK: Every row of a grid

// Opens a grid for isoflop_rows_fill: `request` is a JSON object with the members grid, shard, kernel, threads and pin
// of the sweep above. Counts the feasible rows.
isoflop_status isoflop_rows_open(const char *request, size_t length, isoflop_handle control, isoflop_handle *rows);

// How many rows there are, and {"columns": [names], "rows", "shapes"} as JSON, valid until the handle is freed.
isoflop_status isoflop_rows_info(isoflop_handle rows, int64_t *count, const char **text, size_t *length);

// Writes the feasible shapes, in the order of the axes, to `columns`: as many columns of INT64 as there are names, each
// with room for all rows.
isoflop_status isoflop_rows_fill(
  isoflop_handle rows, int64_t *const *columns, size_t column_count, size_t capacity, isoflop_handle control);

// MARK: Columns for Arrow readers, since 1.2

// The structs of https://arrow.apache.org/docs/format/CDataInterface.html and CStreamInterface.html.
#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE

struct ArrowSchema {
  const char *format, *name, *metadata;
  int64_t flags, n_children;
  struct ArrowSchema **children, *dictionary;
  void (*release)(struct ArrowSchema *);
  void *private_data;
};

struct ArrowArray {
  int64_t length, null_count, offset, n_buffers, n_children;
  const void **buffers;
  struct ArrowArray **children, *dictionary;
  void (*release)(struct ArrowArray *);
  void *private_data;
};

#endif
#ifndef ARROW_C_STREAM_INTERFACE
#define ARROW_C_STREAM_INTERFACE

struct ArrowArrayStream {
  int (*get_schema)(struct ArrowArrayStream *, struct ArrowSchema *out);
  int (*get_next)(struct ArrowArrayStream *, struct ArrowArray *out);
  const char *(*get_last_error)(struct ArrowArrayStream *);
  void (*release)(struct ArrowArrayStream *);
  void *private_data;
};

#endif

// Readers release what they were given whenever they like: from threads of their own, or while an exception is on its
// way, when an interpreter must not be called. A binding to one gives its structs these `release` functions and a number
// that it made up as their `private_data`; it learns the numbers later, when it may be called, and frees what they
// stand for. Children that were not moved away are released with their parent.
void isoflop_arrow_release_schema(struct ArrowSchema *schema);
void isoflop_arrow_release_array(struct ArrowArray *array);
void isoflop_arrow_release_stream(struct ArrowArrayStream *stream);

enum { ISOFLOP_ARROW_SCHEMA = 0, ISOFLOP_ARROW_ARRAY, ISOFLOP_ARROW_STREAM };

// Says that the struct of a kind above lies in memory that goes with `object` (a PyCapsule): isoflop_arrow_drop of that
// releases what was not moved out of it, and then the number `owner` stands for the memory of the struct.
isoflop_status isoflop_arrow_own(const void *object, void *structure, int32_t kind, uint64_t owner);

// What to do when such an object ends, as the destructor of a PyCapsule. Does nothing for other objects.
void isoflop_arrow_drop(void *object);

// Takes up to `capacity` of the numbers that were released since.
isoflop_status isoflop_arrow_released(uint64_t *numbers, size_t capacity, size_t *count);

// As Py_AddPendingCall: has `function` called with `argument` soon and returns 0, or something else where it cannot.
// Called from any thread, whatever that is in the middle of.
typedef int (*isoflop_function)(void *argument);
typedef int (*isoflop_schedule)(isoflop_function function, void *argument);

// Has `function` scheduled when there are numbers to take; null and null: no longer. By default nobody is told.
isoflop_status isoflop_arrow_notify(isoflop_schedule schedule, isoflop_function function);

#ifdef __cplusplus
}
#endif

#endif
