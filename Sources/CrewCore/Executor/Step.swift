extension Executor {
    /// What a shell tells the executor.
    package enum Input: Sendable {
        /// The run's creation or resumption, before anything else, with what waited to be taken in by then.
        case begin(Fact, said: [SaidSignal] = [])
        /// The resumption of a run that is taken up only to be told this, and to end because of it.
        case end(Fact, said: [SaidSignal])
        /// Something was said to the run; what has been taken in already may be told again.
        case said(SaidSignal)
        /// What came of an effect.
        case outcome(Fact)
        /// The time has come for which a step had asked.
        case wake(Int64)
        /// The run is to stop, or the executor has said so, and the shell has given up what was under way; these outcomes
        /// came before it did.
        case interrupted([Fact])
        /// No effect is under way, and no time that a step asked for is still to come.
        case nothingUnderWay
        /// What was to be appended is recorded.
        case recorded
        /// What was to be appended takes a hold for which there is no room above the run, and nothing of it is recorded.
        case refused(AccountShortage)
        /// All that is recorded of the run, as a step had asked for it.
        case journal([Event])
    }

    /// What a shell does next, part by part in this order.
    package struct Step: Sendable {
        /// Effects to begin: their intents are recorded.
        package internal(set) var start: [Work] = []
        /// When to say that the time has come, in milliseconds since 1970 UTC; what was asked for before stays asked for.
        package internal(set) var wake: Int64?
        /// What whoever watches is told.
        package internal(set) var wait: Wait?
        /// What the executor needs in order to go on.
        package internal(set) var next = Next.listen

        init() {}
    }

    /// What a shell tells the executor next.
    package enum Next: Sendable {
        /// Whether these events are recorded, in one transaction: ``Input/recorded`` or ``Input/refused(_:)``. What else
        /// happens meanwhile may be told as well, and is taken in after it.
        case append([Event])
        /// All that is recorded of the run: ``Input/journal(_:)``.
        case read
        /// Whatever happens.
        case listen
        /// What came of the work under way, which is to be given up: ``Input/interrupted(_:)``.
        case giveUp
        /// Nothing more: the run has ended, and what is under way is given up.
        case stop
    }

    /// What became of the wait for room on an account above the run.
    package enum Wait: Sendable, Hashable {
        /// It waits; the phrase for people says for what.
        case begun(String)
        /// It waits no longer.
        case over
    }
}
