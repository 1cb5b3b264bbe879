// What the presets are: data. A row is a function or USDT probe, what it is called once per, the
// first and the last major version that have it (0: no bound), and the calls for a transaction of
// pgbench: on PostgreSQL 15 for the default script and for -S, and the same on 17, as measured by
// tests/bench/preset_calls.sh. 0 stands for fewer than one call in 200 transactions, too.
//
// Left out is what is called for each row, allocation or lightweight lock: to count LWLockAcquire
// and LWLockRelease would cost a pgbench -S transaction some fifty probes, palloc twice as many.
// What waits is here instead. Of functions that always call each other one is here.
#include "record/probes/presets.h"

namespace pgrec {
namespace {

constexpr PresetProbe kQueries[] = {
    {"PortalRun", "statement", 0, 0, {7, 1}, {7, 1}},
    {"standard_planner", "planned statement", 0, 0, {5, 1}, {5, 1}},
    {"standard_ExecutorRun", "statement", 0, 0, {5, 1}, {5, 1}},
    {"standard_ProcessUtility", "utility command", 0, 0, {2, 0}, {2, 0}},
};

constexpr PresetProbe kPlanner[] = {
    {"pg_parse_query", "query message", 0, 0, {7, 1}, {7, 1}},
    {"pg_analyze_and_rewrite", "statement", 0, 14},
    {"pg_analyze_and_rewrite_fixedparams", "statement", 15, 0, {7, 1}, {7, 1}},
    {"pg_analyze_and_rewrite_varparams", "Parse message", 15},
    {"QueryRewrite", "statement", 0, 0, {5, 1}, {5, 1}},
    {"GetCachedPlan", "execution of a prepared statement"},
    {"standard_planner", "planned statement", 0, 0, {5, 1}, {5, 1}},
    {"subquery_planner", "planned subquery", 0, 0, {5, 1}, {5, 1}},
    {"query_planner", "planned subquery", 0, 0, {5, 1}, {5, 1}},
    {"get_relation_info", "table of a planned query", 0, 0, {4, 1}, {4, 1}},
    {"make_one_rel", "planned subquery", 0, 0, {4, 1}, {4, 1}},
    {"standard_join_search", "planned join"},
    {"geqo", "planned large join"},
    {"create_plan", "planned subquery", 0, 0, {5, 1}, {5, 1}},
};

constexpr PresetProbe kExecutor[] = {
    {"standard_ExecutorStart", "statement", 0, 0, {5, 1}, {5, 1}},
    {"standard_ExecutorRun", "statement", 0, 0, {5, 1}, {5, 1}},
    {"standard_ExecutorFinish", "statement", 0, 0, {5, 1}, {5, 1}},
    {"standard_ExecutorEnd", "statement", 0, 0, {5, 1}, {5, 1}},
    {"AfterTriggerEndQuery", "statement", 0, 0, {4, 0}, {4, 0}},
    {"AfterTriggerFireDeferred", "transaction", 0, 0, {1, 1}, {1, 1}},
    {"SPI_execute_plan", "SPI command", 0, 13},
    {"SPI_execute_plan_extended", "SPI command", 14},
    {"tuplesort_performsort", "sort"},
    {"ExecHashTableCreate", "hash table"},
    {"MultiExecBitmapIndexScan", "bitmap index scan"},
    {"OpenTemporaryFile", "temporary file"},
    {"LaunchParallelWorkers", "parallel query"},
    {"WaitForParallelWorkersToFinish", "parallel query"},
    {"ParallelQueryMain", "parallel worker"},
};

// From 17 on no function sees all the pages that are asked for, so there it is the USDT probe.
constexpr PresetProbe kBuffers[] = {
    {"ReadBufferExtended", "page", 0, 16, {20.5, 4.12}, {0, 0}},
    {"usdt:buffer__read__done", "page", 17, 0, {0, 0}, {20.49, 4.12}},
    {"StartReadBuffers", "run of pages", 17, 0, {0, 0}, {2, 0}},
    {"WaitReadBuffers", "run of pages read", 17, 0, {0, 0}, {0.36, 0.2}},
    {"StrategyGetBuffer", "page that was not there", 0, 0, {0.37, 0.21}, {0.37, 0.2}},
    {"usdt:buffer__flush__start", "page written to make room", 0, 0, {0, 0.01}, {0, 0}},
    {"usdt:buffer__flush__done", "page written to make room", 0, 0, {0, 0.01}, {0, 0}},
    {"ExtendBufferedRelBy", "extension of a table", 16, 0, {0, 0}, {0.01, 0}},
    {"RelationGetBufferForTuple", "row version", 0, 0, {1.41, 0}, {1.41, 0}},
    {"LockBufferForCleanup", "page cleaned up"},
    {"heap_page_prune_opt", "page", 0, 0, {4.88, 1.05}, {4.89, 1.05}},
    {"BgBufferSync", "round of the background writer", 0, 0, {0.01, 0}, {0.01, 0}},
};

constexpr PresetProbe kIo[] = {
    {"smgrread", "page", 0, 16, {0.36, 0.21}, {0, 0}},
    {"smgrreadv", "run of pages", 17, 0, {0, 0}, {0.36, 0.2}},
    {"smgrstartreadv", "run of pages", 18},
    {"pgaio_wref_wait", "read waited for", 18},
    {"smgrwrite", "page", 0, 16, {0, 0.01}, {0, 0}},
    {"smgrwritev", "run of pages", 17},
    {"smgrextend", "page", 0, 0, {0.01, 0}, {0, 0}},
    {"smgrzeroextend", "extension of a table", 16, 0, {0, 0}, {0.01, 0}},
    {"smgrprefetch", "page"},
    {"smgrwriteback", "run of pages", 0, 0, {0, 0.01}, {0, 0}},
    {"RelationTruncate", "truncated table"},
    {"smgrimmedsync", "table built"},
    {"pg_fsync", "file"},
    {"pg_fdatasync", "flush of WAL", 0, 0, {0.94, 0}, {0.94, 0}},
    {"ProcessSyncRequests", "checkpoint"},
    {"OpenTemporaryFile", "temporary file"},
};

constexpr PresetProbe kWal[] = {
    {"XLogInsertRecord", "WAL record", 0, 0, {6.53, 0.29}, {6.53, 0.29}},
    {"XLogFlush", "commit", 0, 0, {1, 0.01}, {1, 0}},
    {"issue_xlog_fsync", "flush of WAL", 0, 0, {0.94, 0}, {0.94, 0}},
    {"XLogBackgroundFlush", "round of the WAL writer", 0, 0, {0.01, 0.22}, {0.01, 0}},
    {"usdt:wal__buffer__write__dirty__start", "time the WAL buffers were full"},
    {"usdt:wal__buffer__write__dirty__done", "time the WAL buffers were full"},
    {"usdt:wal__switch", "segment given up"},
    {"XLogFileInit", "segment"},
    {"SyncRepWaitForLSN", "commit", 0, 0, {1, 0}, {1, 0}},
    {"WALRead", "run of WAL sent"},
};

constexpr PresetProbe kLocks[] = {
    {"ProcSleep", "lock waited for", 0, 0, {0.09, 0}, {0.08, 0}},
    {"usdt:lock__wait__start", "lock waited for", 0, 0, {0.09, 0}, {0.08, 0}},
    {"usdt:lock__wait__done", "lock waited for", 0, 0, {0.09, 0}, {0.08, 0}},
    {"usdt:deadlock__found", "deadlock"},
    {"DeadLockCheck", "long wait"},
    {"DeadLockReport", "deadlock"},
    {"LockTuple", "contended row", 0, 0, {0.09, 0}, {0.08, 0}},
    {"XactLockTableWait", "contended row", 0, 0, {0.09, 0}, {0.08, 0}},
    {"SpeculativeInsertionWait", "contended ON CONFLICT"},
    {"VirtualXactLock", "transaction waited for"},
    {"WaitForLockersMultiple", "concurrent index build"},
    {"heap_lock_tuple", "locked row", 0, 0, {0.17, 0}, {0.17, 0}},
};

constexpr PresetProbe kLwlocks[] = {
    {"usdt:lwlock__wait__start", "lightweight lock waited for", 0, 0, {0.62, 0}, {0.61, 0}},
    {"usdt:lwlock__wait__done", "lightweight lock waited for", 0, 0, {0.62, 0}, {0.61, 0}},
    {"usdt:lwlock__condacquire__fail", "lightweight lock not got"},
    {"usdt:lwlock__acquire__or__wait__fail", "flush of WAL waited for", 0, 0, {0.6, 0}, {0.6, 0}},
    {"PGSemaphoreLock", "sleep", 0, 0, {0.62, 0}, {0.61, 0}},
    {"s_lock", "contended spinlock"},
    {"perform_spin_delay", "turn of a spinlock"},
    {"ConditionVariableTimedSleep", "sleep"},
};

constexpr PresetProbe kMemory[] = {
    {"AllocSetContextCreateInternal", "memory context", 0, 0, {22.71, 5.04}, {22.7, 5.04}},
    {"GenerationContextCreate", "memory context"},
    {"SlabContextCreate", "memory context"},
    {"BumpContextCreate", "memory context", 17},
    {"MemoryContextDelete", "memory context", 0, 0, {22.67, 5}, {22.67, 5}},
    {"hash_create", "hash table"},
    {"MemoryContextAllocHuge", "large block"},
    {"repalloc_huge", "large block"},
    {"dsa_allocate_extended", "piece of shared memory"},
    {"dsm_create", "segment of shared memory"},
    {"dsm_attach", "segment of shared memory"},
};

constexpr PresetProbe kVacuum[] = {
    {"vacuum", "VACUUM or ANALYZE"},
    {"heap_vacuum_rel", "vacuumed table"},
    {"analyze_rel", "analyzed table"},
    {"index_bulk_delete", "pass over an index"},
    {"index_vacuum_cleanup", "vacuumed index"},
    {"heap_page_prune", "page with dead rows", 0, 16, {0.62, 0.29}, {0, 0}},
    {"heap_page_prune_and_freeze", "page", 17, 0, {0, 0}, {0.62, 0.29}},
    {"visibilitymap_set", "page"},
    {"vacuum_delay_point", "page"},
    {"LockBufferForCleanup", "page"},
    {"FreeSpaceMapVacuumRange", "run of pages"},
    {"RelationTruncate", "truncated table"},
    {"vac_update_datfrozenxid", "VACUUM"},
};

constexpr PresetProbe kCheckpoint[] = {
    {"RequestCheckpoint", "request"},
    {"CreateCheckPoint", "checkpoint"},
    {"CreateRestartPoint", "restartpoint"},
    {"usdt:checkpoint__start", "checkpoint"},
    {"usdt:checkpoint__done", "checkpoint"},
    {"CheckPointBuffers", "checkpoint"},
    {"usdt:buffer__sync__start", "checkpoint"},
    {"usdt:buffer__sync__written", "page"},
    {"usdt:buffer__sync__done", "checkpoint"},
    {"CheckpointWriteDelay", "page"},
    {"ProcessSyncRequests", "checkpoint"},
    {"pg_fsync", "file"},
    {"BgBufferSync", "round of the background writer", 0, 0, {0.01, 0}, {0.01, 0}},
};

constexpr PresetProbe kPartition[] = {
    {"PartitionDirectoryLookup", "partitioned table"},
    {"expand_inherited_rtentry", "table with children, planned"},
    {"prune_append_rel_partitions", "partitioned table, planned"},
    {"make_partition_pruneinfo", "partitioned table, planned"},
    {"ExecCreatePartitionPruneState", "statement", 0, 14},
    {"ExecInitPartitionPruning", "statement", 15, 17},
    {"ExecDoInitialPruning", "statement", 18},
    {"ExecFindMatchingSubPlans", "statement"},
    {"ExecSetupPartitionTupleRouting", "statement that inserts"},
    {"ExecFindPartition", "inserted row"},
    {"ExecPartitionCheck", "updated row"},
};

constexpr PresetProbe kNetwork[] = {
    {"ClientAuthentication", "connection"},
    {"be_tls_open_server", "TLS connection"},
    {"InitPostgres", "connection"},
    {"secure_read", "message", 0, 0, {7, 1}, {7, 1}},
    {"secure_write", "answer", 0, 0, {7, 1}, {7, 1}},
    {"WaitEventSetWait", "wait", 0, 0, {3.33, 0.88}, {4.21, 0.94}},
    {"ReadyForQuery", "answer", 0, 0, {7, 1}, {7, 1}},
};

constexpr Preset kPresets[] = {
    {"queries", "what ran, and where its time went: planning, running, utility commands", kQueries},
    {"planner", "why planning takes its time: parsing, rewriting, each step of the search",
     kPlanner},
    {"executor", "the steps of running: start and end, triggers, sorts, hashes, workers",
     kExecutor},
    {"buffers", "shared buffers: pages asked for, not found, evicted, extended, cleaned", kBuffers},
    {"io", "reads, writes and syncs of data files, and temporary files", kIo},
    {"wal", "writing WAL: records, flushes of commits, full buffers, standbys waited for", kWal},
    {"locks", "who waits for locks on rows, tables and transactions, and for how long", kLocks},
    {"lwlocks", "waits inside the server: lightweight locks by tranche, spinlocks", kLwlocks},
    {"memory", "memory contexts made and dropped, large blocks, shared memory", kMemory},
    {"vacuum", "VACUUM and ANALYZE, also automatic: tables, indexes, pages, delays", kVacuum},
    {"checkpoint", "checkpoints: pages written, files synced, the background writer", kCheckpoint},
    {"partition", "partitioned tables: planning, pruning, routing of rows", kPartition},
    {"network", "connections, and the time spent with the client: reads, writes, waits", kNetwork},
};

}  // namespace

std::span<const Preset> presets() {
  return kPresets;
}

}  // namespace pgrec
