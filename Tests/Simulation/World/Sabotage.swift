/// Safeguards outside the core that a world can lack, to show that the checks see it.
package enum Sabotage: CaseIterable, Sendable {
    /// The journal takes appends of a lease that was lost.
    case epochUnchecked
    /// What was written of a torn transaction is read back.
    case tornWriteSeen
    /// Work is performed before its intent is recorded.
    case performedBeforeRecording
    /// A resumed run makes every interrupted tool call again, whatever was decided.
    case everyToolRepeated
    /// A tool's idempotency key is made anew by each executor.
    case keyOfExecutor
    /// An outcome is recorded without what was decided on it.
    case decisionsApart
    /// Whoever takes the run up does so with prompts of its own.
    case promptsOfWhoResumes
    /// The accounts above the run let every hold through.
    case accountsUnchecked
    /// What was said to the run is taken out of the queue before it is on record.
    case signalsTakenEarly
    /// What was said to the run stays in the queue when it is on record.
    case signalsKept
    /// A shell does not wake when its executor asked for it.
    case wakesForgotten
}
