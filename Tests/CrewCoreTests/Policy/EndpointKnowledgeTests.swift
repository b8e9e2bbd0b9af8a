import ChatModel
import Testing

@testable import CrewCore

/// What runs find out about an endpoint, and what later runs make of it.
struct EndpointKnowledgeTests {
    private static let now: Int64 = 1_000_000_000_000

    private static func lesson(
        _ evidence: DialectLearned.Evidence?,
        _ feature: Dialect.Feature = .structuredOutput,
        from form: Dialect.StructuredOutput = .jsonSchema
    ) -> DialectLearned {
        var dialect = Dialect(structuredOutput: form, schemaKeywords: .full, outputLimitField: .maxTokens)
        _ = dialect.withdraw(feature)
        return DialectLearned(
            model: "default",
            dialect: dialect,
            withdrawn: feature,
            evidence: evidence,
            words: "because"
        )
    }

    private static func form(_ knowledge: EndpointKnowledge, at time: Int64 = now) -> Dialect.StructuredOutput {
        knowledge.dialect(.compatible, at: time).structuredOutput
    }

    @Test func aRefusalTeachesAtOnceAndForAWeek() {
        var knowledge = EndpointKnowledge()
        knowledge.take(EndpointFindings(lessons: [Self.lesson(.refused), Self.lesson(.refused, .seed)]), at: Self.now)
        #expect(Self.form(knowledge) == .toolCall)
        #expect(knowledge.dialect(.compatible, at: Self.now).seed == false)
        #expect(knowledge.lessons.map(\.words) == ["because", "because"])
        let week = EndpointKnowledge.age
        #expect(Self.form(knowledge, at: Self.now + week - 1) == .toolCall)
        #expect(knowledge.dialect(.compatible, at: Self.now + week) == .compatible)
        // Nothing is believed that says to be of tomorrow.
        #expect(knowledge.dialect(.compatible, at: Self.now - 1) == .compatible)
    }

    @Test func whatWasIgnoredCountsWhenThreeRunsSawIt() {
        var knowledge = EndpointKnowledge()
        for run in 1...3 {
            #expect(Self.form(knowledge) == .jsonSchema, "before run \(run)")
            knowledge.take(EndpointFindings(lessons: [Self.lesson(.ignored)]), at: Self.now)
        }
        #expect(Self.form(knowledge) == .toolCall)
        #expect(knowledge.lessons.map(\.count) == [3])
    }

    @Test func aSuccessInBetweenTakesTheDoubtAway() {
        var knowledge = EndpointKnowledge()
        for _ in 1...2 { knowledge.take(EndpointFindings(lessons: [Self.lesson(.ignored)]), at: Self.now) }
        knowledge.take(EndpointFindings(keptForms: [.toolCall]), at: Self.now)
        #expect(knowledge.lessons.count == 1, "a success in another form proves nothing")
        knowledge.take(EndpointFindings(keptForms: [.jsonSchema]), at: Self.now)
        #expect(knowledge.lessons.isEmpty)
        for _ in 1...2 { knowledge.take(EndpointFindings(lessons: [Self.lesson(.ignored)]), at: Self.now) }
        #expect(Self.form(knowledge) == .jsonSchema)
        // Both in one run: the form can be had.
        knowledge.take(EndpointFindings(lessons: [Self.lesson(.ignored)], keptForms: [.jsonSchema]), at: Self.now)
        #expect(knowledge.lessons.isEmpty)
    }

    @Test func aRefusalOfOneSchemaTeachesNothingForLaterRuns() {
        var knowledge = EndpointKnowledge()
        for _ in 1...5 { knowledge.take(EndpointFindings(lessons: [Self.lesson(.content)]), at: Self.now) }
        #expect(knowledge.lessons.isEmpty)
    }

    @Test func aDoubtAboveARefusalLeavesTheBetterFormOnTrial() {
        var knowledge = EndpointKnowledge()
        let findings = EndpointFindings(
            lessons: [Self.lesson(.ignored), Self.lesson(.refused, from: .toolCall)],
            keptForms: [.jsonObject]
        )
        knowledge.take(findings, at: Self.now)
        #expect(Self.form(knowledge) == .jsonSchema)
        for _ in 1...2 { knowledge.take(findings, at: Self.now) }
        #expect(Self.form(knowledge) == .jsonObject, "both are known not to work now")
    }

    @Test func aRefusalIsUndoneByALaterSuccessAlone() {
        var knowledge = EndpointKnowledge()
        knowledge.take(EndpointFindings(lessons: [Self.lesson(.refused)], keptForms: [.jsonSchema]), at: Self.now)
        knowledge.take(EndpointFindings(lessons: [Self.lesson(.ignored)]), at: Self.now)
        #expect(Self.form(knowledge) == .toolCall)
        // The form was pinned, or tried on purpose, and worked.
        knowledge.take(EndpointFindings(keptForms: [.jsonSchema]), at: Self.now)
        #expect(Self.form(knowledge) == .jsonSchema)
        // What was recorded without a word on its evidence was a refusal.
        var old = EndpointKnowledge()
        old.take(EndpointFindings(lessons: [Self.lesson(nil)]), at: Self.now)
        #expect(Self.form(old) == .toolCall)
    }

    @Test func itDoesNotGrowAndDoesNotOverflow() {
        var knowledge = EndpointKnowledge()
        let long = DialectLearned(
            model: "default",
            dialect: .compatible,
            withdrawn: .seed,
            evidence: .refused,
            words: String(repeating: "w", count: 10_000)
        )
        for _ in 1...50 { knowledge.take(EndpointFindings(lessons: [long]), at: Self.now) }
        #expect(knowledge.lessons.count == 1 && knowledge.lessons.allSatisfy { $0.words.count <= 301 })
    }
}
