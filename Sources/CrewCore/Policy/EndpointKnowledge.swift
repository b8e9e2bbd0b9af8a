public import ChatModel

/// What was found out about a model's endpoint, and how.
///
/// A refusal teaches at once. A form that was asked for and not kept to may be the model's mistake of that one time, so it
/// counts as not taken only when several runs saw it and none in between got an answer in that form. Everything is
/// forgotten a week after it was last seen, so that an endpoint that has learned more is asked again.
public struct EndpointKnowledge: Sendable, Hashable, Codable {
    /// How long something is remembered, in milliseconds.
    public static let age: Int64 = 7 * 86_400_000
    /// How many runs must see a form ignored before it counts as not taken.
    public static let doubtsThatCount = 3
    /// How many bytes of a refusal's words are kept.
    static let longestWords = 300

    /// One thing that was found out.
    public struct Lesson: Sendable, Hashable, Codable {
        /// What the endpoint does not take.
        public var feature: Dialect.Feature
        /// The way to structured output that it does not take, when the feature is that.
        public var form: Dialect.StructuredOutput?
        /// How it was found out.
        public var evidence: DialectLearned.Evidence
        /// The endpoint's words.
        public var words: String
        /// When it was last seen, in milliseconds since 1970 UTC.
        public var learned: Int64
        /// In how many runs.
        public var count: Int

        package init(
            feature: Dialect.Feature,
            form: Dialect.StructuredOutput?,
            evidence: DialectLearned.Evidence,
            words: String,
            learned: Int64,
            count: Int
        ) {
            self.feature = feature
            self.form = form
            self.evidence = evidence
            self.words = words
            self.learned = learned
            self.count = count
        }

        /// Whether requests are made otherwise because of it, if it is not too old.
        public var counts: Bool { evidence == .refused || count >= EndpointKnowledge.doubtsThatCount }
    }

    /// What was found out, in order.
    public private(set) var lessons: [Lesson] = []

    /// Knows nothing.
    public init() {}

    /// Takes in what a run found out.
    ///
    /// - Parameters:
    ///   - findings: What the run found out.
    ///   - now: The time, in milliseconds since 1970 UTC.
    public mutating func take(_ findings: EndpointFindings, at now: Int64) {
        // An answer in a form is proof that it can be had, whatever was seen before.
        lessons = lessons(at: now).filter { lesson in !(lesson.form.map(findings.keptForms.contains) ?? false) }
        // One run counts once, however often it was found out there.
        var seen: Set<[String]> = []
        for learned in findings.lessons {
            let what = [learned.withdrawn.rawValue, learned.dialect.structuredOutput.rawValue]
            if seen.insert(what).inserted { take(learned, at: now) }
        }
        lessons.removeAll { lesson in
            lesson.evidence == .ignored && lesson.form.map(findings.keptForms.contains) ?? false
        }
    }

    private mutating func take(_ learned: DialectLearned, at now: Int64) {
        let evidence = learned.evidence ?? .refused
        guard evidence != .content else { return }
        let form = learned.withdrawn == .structuredOutput ? learned.dialect.structuredOutput.above : nil
        if learned.withdrawn == .structuredOutput, form == nil { return }
        var lesson = Lesson(
            feature: learned.withdrawn,
            form: form,
            evidence: evidence,
            words: (learned.words ?? "").excerpt(Self.longestWords),
            learned: now,
            count: 1
        )
        if let known = lessons.firstIndex(where: { $0.feature == lesson.feature && $0.form == lesson.form }) {
            let before = lessons.remove(at: known)
            if before.evidence == .refused { lesson.evidence = .refused }
            lesson.count = min(max(0, before.count), 1_000_000) + 1
            if lesson.words.isEmpty { lesson.words = before.words }
        }
        lessons.append(lesson)
    }

    /// What is not too old at a time; nothing is believed that claims to be from the future.
    public func lessons(at now: Int64) -> [Lesson] {
        lessons.filter { $0.learned <= now && $0.learned > now - Self.age }
    }

    /// What the endpoint is thought to take.
    ///
    /// - Parameters:
    ///   - base: What is thought of an endpoint of which nothing is known.
    ///   - now: The time, in milliseconds since 1970 UTC.
    public func dialect(_ base: Dialect, at now: Int64) -> Dialect {
        var dialect = base
        let counting = lessons(at: now).filter(\.counts)
        for lesson in counting where lesson.feature != .structuredOutput { _ = dialect.withdraw(lesson.feature) }
        let notTaken = Set(counting.compactMap(\.form))
        while notTaken.contains(dialect.structuredOutput) {
            guard dialect.withdraw(.structuredOutput) else { break }
        }
        return dialect
    }
}

/// What one run found out about a model's endpoint.
public struct EndpointFindings: Sendable, Hashable {
    /// What it did not take.
    public var lessons: [DialectLearned]
    /// The forms in which answers came as they were asked for.
    public var keptForms: Set<Dialect.StructuredOutput>

    /// Makes findings.
    public init(lessons: [DialectLearned] = [], keptForms: Set<Dialect.StructuredOutput> = []) {
        self.lessons = lessons
        self.keptForms = keptForms
    }

    /// Whether nothing was found out.
    public var isEmpty: Bool { lessons.isEmpty && keptForms.isEmpty }
}

extension Dialect.StructuredOutput {
    /// The next better form.
    fileprivate var above: Dialect.StructuredOutput? {
        let ladder = Self.allCases
        guard let rung = ladder.firstIndex(of: self), rung > 0 else { return nil }
        return ladder[rung - 1]
    }
}
