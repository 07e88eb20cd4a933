"""The impact assessment: generated from the model and the policy that run, completed and signed by the data-protection officer."""
