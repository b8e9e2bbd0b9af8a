import CrewRuntime
import Testing

/// Expects a journal error that says something.
func expect(
    _ code: JournalError.Code,
    _ location: SourceLocation = #_sourceLocation,
    _ body: () async throws -> some Any
) async {
    do {
        _ = try await body()
        Issue.record("no error, \(code) expected", sourceLocation: location)
    } catch let error as JournalError {
        #expect(error.code == code, "\(error.message)", sourceLocation: location)
        #expect(!error.message.isEmpty, sourceLocation: location)
    } catch {
        Issue.record("\(error)", sourceLocation: location)
    }
}
