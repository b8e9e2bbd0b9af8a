import CrewKit
import CrewReport

/// Judges the store of the project in which the program is started.
enum StoreCheck {
    static func findings(_ directory: String) async -> [Finding] {
        let exists = Paths.exists(directory)
        let writable = exists ? directory : existingParent(of: directory)
        guard Paths.isWritable(writable) else {
            return [
                Finding(
                    .problem,
                    "store",
                    "\(writable) may not be written",
                    remedy: "use --store DIR to keep runs elsewhere"
                )
            ]
        }
        guard exists else { return [Finding(.good, "store", "\(directory), made with the first run")] }
        let store = SQLiteStore(directory: directory, mustBeOwn: true)
        do throws(JournalError) {
            let runs = try await store.runs()
            await store.close()
            return [Finding(.good, "store", "\(directory), \(Numbers.count(runs.count, "run"))")]
        } catch {
            await store.close()
            // A store that is not the person's own says itself what can be done about it.
            let remedy = error.code == .untrusted ? nil : "use --store DIR to begin a new one elsewhere"
            return [Finding(.problem, "store", error.message, remedy: remedy)]
        }
    }

    private static func existingParent(of path: String) -> String {
        var candidate = Paths.absolute(path)
        while !Paths.exists(candidate), let parent = Paths.parent(candidate) { candidate = parent }
        return Paths.exists(candidate) ? candidate : "."
    }
}
